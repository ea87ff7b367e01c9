import type { CommandCall } from '../../command-line/command.ts';
import { readArguments } from '../../command-line/read-arguments.ts';
import { explain } from '../explain/explain.ts';
import { writeExplanation } from '../explain/write-explanation.ts';
import { ALERT_OPTIONS_HELP, alertOptions, askedRunbook } from './alert-options.ts';
import { readMoment } from './arguments.ts';
import { assumedChannels } from './assumed-channels.ts';
import { labelsFor } from './open-incident.ts';
import { readLabels } from './read-labels.ts';

const HELP = `Usage: npm run runbook -- explain ALERT [--labels a=b,c=d] [--at TIME] [--json]

Shows what an alert with these labels would lead to: its incident and severity, each check with what it would ask
for, the commands that could be shown, and who would be told when. Asks no server and sends nothing.

  --labels a=b,c=d   the alert's labels; \\, is a comma inside a value. A label that the runbook lists and that is
                     not given has a made-up value
${ALERT_OPTIONS_HELP}
  --at TIME          when it fires, for who is on call then: 2026-12-24T20:00Z, 2026-12-24T22:00+02:00 (now)
  --json             the same as one object
  --help             show this

Channels are those of a deployment with a Slack bot and mail; ALERT_EMAIL_TO, CRITICAL_ALERT_EMAIL_TO and
SLACK_WEBHOOK_URL are used when they are set. Exit codes: 0 explained, 1 the runbooks have mistakes, 2 called wrongly.`;

export async function explainCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: 'npm run runbook -- explain', help: HELP }, call, {
    ...alertOptions,
    at: { type: 'string' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  const now = values.at === undefined ? Date.now() : readMoment(values.at);
  const { catalog, runbook, isDefault } = askedRunbook(values, positionals[0]);
  const { labels, notes } = labelsFor(runbook, readLabels(values.labels));
  for (const note of notes) call.console.error(note);
  const channels = assumedChannels(call.environment, catalog);
  const explanation = await explain({
    catalog,
    runbook,
    isDefault,
    channels,
    source: values.source,
    labels,
    now,
  });
  call.console.log(values.json ? JSON.stringify(explanation, null, 2) : writeExplanation(explanation));
  return 0;
}
