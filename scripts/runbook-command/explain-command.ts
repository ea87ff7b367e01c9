import { compileRunbooks } from '../compile-runbooks.ts';
import { explain } from '../runbook-explain/explain.ts';
import { writeExplanation } from '../runbook-explain/write-explanation.ts';
import { readArguments, readLabels, readMoment, runbooksFolder } from './arguments.ts';
import { assumedChannels } from './assumed-channels.ts';
import { findRunbook } from './find-runbook.ts';
import { labelsFor } from './open-incident.ts';

const HELP = `Usage: npm run runbook -- explain ALERT [--labels a=b,c=d] [--at TIME] [--json]

Shows what an alert with these labels would lead to: its incident and severity, each check with what it would ask
for, the commands that could be shown, and who would be told when. Asks no server and sends nothing.

  --labels a=b,c=d   the alert's labels; \\, is a comma inside a value. A label that the runbook lists and that is
                     not given has a made-up value
  --source NAME      the monitoring system that it comes from (local)
  --at TIME          when it fires, for who is on call then: 2026-12-24T20:00Z, 2026-12-24T22:00+02:00 (now)
  --default          use the default runbook for an alert that has none of its own
  --folder FOLDER    read the runbooks of another folder than runbooks/
  --json             the same as one object
  --help             show this

Channels are those of a deployment with a Slack bot and mail; ALERT_EMAIL_TO, CRITICAL_ALERT_EMAIL_TO and
SLACK_WEBHOOK_URL are used when they are set. Exit codes: 0 explained, 1 the runbooks have mistakes, 2 called wrongly.`;

export async function explainCommand(args: string[]): Promise<number> {
  const { values, positionals } = readArguments('explain', {
    args,
    allowPositionals: true,
    options: {
      labels: { type: 'string', multiple: true, default: [] },
      source: { type: 'string', default: 'local' },
      at: { type: 'string' },
      default: { type: 'boolean', default: false },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const now = values.at === undefined ? Date.now() : readMoment(values.at);
  const given = readLabels(values.labels);
  const catalog = compileRunbooks(runbooksFolder(values.folder).folder);
  const { runbook, isDefault } = findRunbook(catalog, positionals[0], values.default);
  const { labels, made } = labelsFor(runbook, given);
  if (made.length > 0) console.error(`No value given for ${made.join(', ')}: made up.`);
  const channels = assumedChannels(process.env);
  const explanation = await explain({
    catalog,
    runbook,
    isDefault,
    channels,
    source: values.source,
    labels,
    now,
  });
  console.log(values.json ? JSON.stringify(explanation, null, 2) : writeExplanation(explanation));
  return 0;
}
