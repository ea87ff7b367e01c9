import { renderNoticeForTerminal } from '../../../infra/local/play/render-notice-for-terminal.ts';
import type { Finding, Verdict } from '../../../lib/core/diagnosis/findings/finding.ts';
import { planSteps } from '../../../lib/core/diagnosis/plan-steps.ts';
import { getDeadline } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import { type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import type { CommandCall } from '../../command-line/command.ts';
import { escapeControls } from '../../command-line/escape-controls.ts';
import { readArguments } from '../../command-line/read-arguments.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { type TestResult, testRunbook } from '../test/test-runbook.ts';
import { ALERT_OPTIONS_HELP, alertOptions, askedRunbook } from './alert-options.ts';
import { assumedChannels } from './assumed-channels.ts';
import type { FoundRunbook } from './find-runbook.ts';
import { firingAlert, labelsFor, type OpenedIncident, openIncidents } from './open-incident.ts';
import { readLabels } from './read-labels.ts';
import { type Payload, readPayload } from './read-payload.ts';

const HELP = `Usage: npm run runbook -- test ALERT [--payload FILE | --labels a=b,c=d] [--json]

Runs the runbook's checks against what the environment points at (DATABASE_URL, PROMETHEUS_URL, ALERTMANAGER_URL,
KUBERNETES_URL, HTTP_TARGETS …) and shows the notice as Slack would: the message, and the first one in its thread.
Sends nothing and stores nothing. How it goes is told on standard error.

  --payload FILE     an Alertmanager webhook body with this alert, - for standard input
  --labels a=b,c=d   without a payload: the labels of the one alert; \\, is a comma inside a value. A label that the
                     runbook lists and that is not given has a made-up value
${ALERT_OPTIONS_HELP}
  --json             the findings, the notice and the Slack messages as one object
  --help             show this

Exit codes: 0 it ran, 1 nothing could be checked or the runbooks have mistakes, 2 called wrongly.`;

const MARKS: Record<Verdict, string> = { attention: '❗', normal: '✔', unchecked: '◌' };

export async function testCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: 'npm run runbook -- test', help: HELP }, call, {
    ...alertOptions,
    payload: { type: 'string' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  if (values.payload !== undefined && values.labels.length > 0) {
    throw new UsageError('The labels come from --payload or from --labels, not from both.');
  }
  const found = askedRunbook(values, positionals[0]);
  const { catalog } = found;
  const now = Date.now();
  const { alerts, sender, notes } = alertsFor(found, values, { now, readInput: call.readInput });
  for (const note of notes) call.console.error(note);
  const [opened, ...others] = openIncidents(catalog, alerts, sender, now);
  if (!opened) throw new UsageError('None of these alerts opens an incident.');
  if (others.length > 0)
    call.console.error(`The alerts are ${others.length + 1} incidents; this is the first.`);

  call.console.error(whatRuns(found, opened));
  const result = await testRunbook({
    catalog,
    runbook: found.runbook,
    opened,
    channels: assumedChannels(call.environment, catalog),
    onFinding: (finding) => call.console.error(howItWent(finding)),
    environment: call.environment,
  });
  if (values.json) call.console.log(JSON.stringify(result, null, 2));
  else show(result, call);
  const checked = result.diagnosis.findings.some(({ verdict }) => verdict !== 'unchecked');
  if (!checked) call.console.error('Nothing could be checked.');
  return checked ? 0 : 1;
}

function alertsFor(
  { runbook }: FoundRunbook,
  given: { payload?: string | undefined; labels: string[]; source: string },
  { now, readInput }: { now: Millis } & Pick<CommandCall, 'readInput'>,
): Payload {
  if (given.payload !== undefined)
    return readPayload(given.payload, { ...given, alertname: runbook.alertname, readInput });
  const { labels, notes } = labelsFor(runbook, readLabels(given.labels));
  return {
    alerts: [firingAlert(given.source, { severity: runbook.severity, ...labels }, now)],
    sender: { externalURL: '' },
    notes,
  };
}

function whatRuns({ runbook, isDefault }: FoundRunbook, opened: OpenedIncident): string {
  const { incident, effect, details } = opened;
  const which = isDefault ? `The default runbook for ${runbook.alertname}` : runbook.alertname;
  const { length } = planSteps(runbook, effect.reason, details).runs;
  const limit = `at most ${getDeadline(incident.severity) / SECOND} s`;
  return `${which}, ${incident.severity}: ${length} ${length === 1 ? 'check' : 'checks'}, ${limit}`;
}

function howItWent({ verdict, title, tookMs, sentence }: Finding): string {
  const why = verdict === 'unchecked' ? `  could not check: ${sentence}` : '';
  return `  ${MARKS[verdict]} ${title}  ${tookMs} ms${why}`;
}

function show({ slack, channel }: TestResult, { stdout, environment }: CommandCall): void {
  const color = stdout.isTTY === true && !environment.NO_COLOR;
  const messages = [
    { ...slack.root, channel },
    ...(slack.thread === undefined ? [] : [{ ...slack.thread, channel: `${channel}, in the thread` }]),
  ];
  for (const message of messages) {
    const painted = renderNoticeForTerminal(message, { color });
    stdout.write(`${escapeControls(painted, { styles: color })}\n`);
  }
}
