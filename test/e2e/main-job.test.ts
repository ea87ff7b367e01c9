import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/mail/smtp.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { type NotifiedPeople, notifiedPeople } from '../support/assertions/notified-people.ts';
import { mentionsChannel, slackWords } from '../support/assertions/slack-text.ts';
import { agentNames } from '../support/factories/agent-names.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { runbookImpact } from '../support/factories/runbook-impact.ts';
import { stillRunning } from '../support/processes/process-tree.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { type PackagedService, packageService } from '../support/servers/packaged-service.ts';
import { type RealMonitoring, startRealMonitoring } from '../support/servers/real-monitoring.ts';
import {
  type RunningFirstResponder,
  startFirstResponder,
  WEBHOOK_TOKEN,
} from '../support/servers/running-first-responder.ts';
import { startWebhookRecorder, type WebhookRecorder } from '../support/servers/webhook-recorder.ts';

const PEERS = ['http://alertmanager-a.example:9093', 'http://alertmanager-b.example:9093'] as const;
const TEAM = 'team@cryptofunk.example';
const ONCALL = 'oncall@cryptofunk.example';
const AGENTS = agentNames(40);

let slack: LocalSlack;
let smtp: LocalSmtp;
let recorder: WebhookRecorder;
let packaged: PackagedService;
let monitoring: RealMonitoring;
let system: RunningFirstResponder;
let notified: NotifiedPeople;
let keep = false;

beforeAll(async () => {
  [slack, smtp, recorder, packaged] = await Promise.all([
    startLocalSlack(),
    startLocalSmtp(),
    startWebhookRecorder(),
    packageService(),
  ]);
  const url = `${recorder.url}/webhooks/alertmanager`;
  monitoring = await startRealMonitoring({
    receivers: [
      { name: 'first-responder', url, auth: { kind: 'bearer', token: WEBHOOK_TOKEN } },
      { name: 'ops.db', url, auth: { kind: 'basic', username: 'alertmanager', password: WEBHOOK_TOKEN } },
    ],
    externalURLs: [...PEERS],
    // Both peers notify, like with late gossip: each firing arrives four times.
    peerTimeout: '1ms',
    repeatInterval: '4s',
  });
  system = await startFirstResponder({
    // The deployed code, a bundle for each function, not the one of npm start.
    LOCAL_FUNCTIONS_FOLDER: packaged.functionsFolder,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: 'xoxb-e2e',
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtp.port),
    ALERT_EMAIL_TO: TEAM,
    CRITICAL_ALERT_EMAIL_TO: ONCALL,
    // Ticks come every few seconds, so that they too may disturb the scenario.
    LOCAL_TICK_SECONDS: '3',
    PROMETHEUS_URL: monitoring.prometheus.url,
    ALERTMANAGER_URL: monitoring.alertmanagers.urls.join('|'),
  });
  recorder.forwardTo(system.url);
  notified = notifiedPeople(slack, smtp);
});

afterEach(({ task }) => {
  keep ||= task.result?.state === 'fail';
});

afterAll(async () => {
  if (keep) console.error(`the monitoring's configurations and logs are kept in ${monitoring.folder}`);
  await monitoring?.stop({ keep });
  await system?.stop({ keep });
  await Promise.all([recorder?.stop(), slack?.close(), smtp?.close(), packaged?.remove()]);
});

/** One scenario: each test continues where the one before it left the system. */
describe('a real pair of Alertmanagers with two receivers each sends first-responder the alerts of real rules', () => {
  const database = 'DatabaseConnectionPoolCritical';

  test('a firing rule becomes one page for each target, though it arrives four times', async () => {
    monitoring.trouble.idleConnections(0);

    await everyoneNotified(database, ['#cryptofunk-alerts', '#cryptofunk-critical']);
    await waitFor('all four deliveries', () => (sendersOf(database).size === 4 ? true : undefined));

    expect(answers()).toEqual(new Set([200]));
    expect(notified.channels(database)).toEqual(['#cryptofunk-alerts', '#cryptofunk-critical']);
    expect(notified.roots(database).map(mentionsChannel)).toEqual([false, true]);
    expect(await open()).toEqual([`${database} critical`]);
  });

  test('the page has the impact, the findings in PostgreSQL, and the commands', async () => {
    const { id } = await incidentOf(database);
    const [root] = notified.roots(database, '#cryptofunk-critical');
    const [mail] = notified.mails(database);
    const record = await system.record(id);

    const found = record.diagnoses.flatMap(({ findings }) => findings);
    const inDatabase = found.filter(({ kind, verdict }) => kind === 'sql' && verdict === 'attention');
    const page = root === undefined ? '' : slackWords(root);
    expect(page).toContain(runbookImpact(database));
    expect(inDatabase.filter(({ sentence }) => page.includes(sentence))).not.toEqual([]);
    expect(found.filter(({ verdict }) => verdict === 'unchecked')).toEqual([]);
    expect(page).toMatch(/pg_terminate_backend\(\d+\)/);
    expect(page).not.toContain('{{');
    expect(mail?.recipients.toSorted()).toEqual([ONCALL, TEAM]);
    expect(mail?.subject).toMatch(/CRITICAL.*DatabaseConnectionPoolCritical/);
    expect(mail?.text.replace(/\s+/g, ' ')).toContain(runbookImpact(database));
    expect(mail?.text).toMatch(/pg_terminate_backend\(\d+\)/);
    expect(notified.mails(database)).toHaveLength(1);
  });

  test('a captured payload posted twenty times more adds no message', async () => {
    const body = capturedEvent('firing-error-rate');
    const channels = ['#cryptofunk-alerts', '#cryptofunk-critical', '#cryptofunk-ops'];
    const first = await system.post(body);
    await everyoneNotified('HighErrorRate', channels);

    const again = await Promise.all(Array.from({ length: 20 }, () => system.post(body)));

    expect(first).toEqual(['opened']);
    expect(new Set(again.flat())).toEqual(new Set(['duplicate']));
    expect(notified.channels('HighErrorRate')).toEqual(channels);
  });

  test('forty agents that fail at once are one incident and one message for each target', async () => {
    for (const agent of AGENTS) monitoring.trouble.agent(agent, false);

    await everyoneNotified('AgentDown', ['#cryptofunk-agents', '#cryptofunk-alerts']);

    const words = notified.roots('AgentDown').map(slackWords).join('\n');
    expect(words.split('AgentDown - 40 agents down')).toHaveLength(3);
    expect(words).toContain(runbookImpact('AgentDown'));
    expect(notified.channels('AgentDown')).toEqual(['#cryptofunk-agents', '#cryptofunk-alerts']);
    const about = slack.messages().filter(({ text }) => text.includes('AgentDown'));
    expect(about.some(mentionsChannel)).toBe(false);
    expect(notified.mails('AgentDown').map(({ recipients }) => recipients)).toEqual([[TEAM]]);
    expect(await open()).toContain('AgentDown warning');
  });

  test('when some have recovered the message changes in place and nobody is interrupted', async () => {
    const mails = notified.mails('AgentDown').length;
    const before = notified.roots('AgentDown').map(({ ts }) => ts);
    for (const agent of AGENTS.slice(0, 28)) monitoring.trouble.agent(agent, true);

    await waitFor(
      'every root to say 12 of 40',
      () => notified.roots('AgentDown').every((root) => slackWords(root).includes('12 of 40')) || undefined,
    );

    expect(notified.roots('AgentDown').map(({ ts }) => ts)).toEqual(before);
    expect(notified.mails('AgentDown')).toHaveLength(mails);
  });

  test('when all have recovered every root says so and gets one resolved reply', async () => {
    const before = notified.roots('AgentDown').map(({ ts }) => ts);
    for (const agent of AGENTS) monitoring.trouble.agent(agent, true);

    await waitFor(
      'a resolved reply under every root',
      () =>
        notified.roots('AgentDown').every((root) => notified.resolvedReplies(root).length > 0) || undefined,
    );
    // The root is edited after the reply, in a slot of its own at Slack.
    await waitFor(
      'every root to say so',
      () => notified.roots('AgentDown').every((root) => slackWords(root).includes('RESOLVED')) || undefined,
    );
    await waitFor('the resolved mail', () => notified.resolvedMails('AgentDown')[0]);

    const roots = notified.roots('AgentDown');
    expect(roots.map(({ ts }) => ts)).toEqual(before);
    expect(roots.map((root) => slackWords(root).includes('RESOLVED'))).toEqual([true, true]);
    expect(roots.map((root) => notified.resolvedReplies(root).length)).toEqual([1, 1]);
    expect(notified.resolvedMails('AgentDown')).toHaveLength(1);
  });

  test('a rule that fires again within the window reopens its incident under the same message', async () => {
    const before = notified.roots(database).map(({ ts }) => ts);
    const { id } = await incidentOf(database);
    monitoring.trouble.idleConnections(4);
    await waitFor(
      'a resolved reply under every root',
      () =>
        notified.roots(database).every((root) => notified.resolvedReplies(root).length === 1) || undefined,
    );

    monitoring.trouble.idleConnections(0);
    await waitFor('the incident to be open', async () =>
      (await incidentOf(database)).status === 'open' ? true : undefined,
    );
    await waitFor(
      'every root to burn again',
      () => notified.roots(database).every((root) => !slackWords(root).includes('RESOLVED')) || undefined,
    );

    // The edit that says RESOLVED may come after the alert has fired again, so a burning root is not yet the reopening.
    const reopened = await waitFor('a reply that it fires again', () => {
      const replies = notified
        .replies(notified.roots(database, '#cryptofunk-critical')[0])
        .filter((reply) => slackWords(reply).includes('fires again'));
      return replies.length > 0 ? replies : undefined;
    });
    expect(notified.roots(database).map(({ ts }) => ts)).toEqual(before);
    expect((await incidentOf(database)).id).toBe(id);
    expect(reopened).toHaveLength(1);
    expect(reopened.every(mentionsChannel)).toBe(true);
  });

  test('at the end each incident has reported each fact once, despite all repetitions', async () => {
    const repeats = recorder.deliveries.length;
    await waitFor('four more repeats', () => (recorder.deliveries.length >= repeats + 4 ? true : undefined));
    await waitFor('their answers', () => recorder.deliveries.every(({ status }) => status > 0) || undefined);

    const replies = slack.messages().filter(({ threadTs }) => threadTs !== undefined);
    const facts = replies.map((reply) => `${reply.channel} ${reply.threadTs} ${slackWords(reply)}`);
    expect(new Set(facts).size).toBe(facts.length);
    expect(notified.channels(database)).toHaveLength(2);
    expect(notified.channels('HighErrorRate')).toHaveLength(3);
    expect(notified.channels('AgentDown')).toHaveLength(2);
    expect(notified.mails('HighErrorRate')).toHaveLength(1);
    expect(await open()).toEqual(['HighErrorRate critical', `${database} critical`].toSorted());
    expect(answers()).toEqual(new Set([200]));
  });

  test('Ctrl-C leaves no process behind', async () => {
    const processes = system.processes();

    const exitCode = await system.interrupt();

    expect(exitCode).toBe(0);
    expect(processes.length).toBeGreaterThan(1);
    expect(stillRunning(processes)).toEqual([]);
  });
});

/** Waits for a root message in each of these channels and for a mail. */
async function everyoneNotified(alertname: string, channels: string[]): Promise<void> {
  const missing = () => channels.filter((channel) => !notified.channels(alertname).includes(channel));
  await waitFor(
    `notices of ${alertname} in ${channels.join(', ')}`,
    () => missing().length === 0 || undefined,
  );
  await waitFor(`the mail of ${alertname}`, () => notified.mails(alertname)[0]);
}

/** Which peer notified which receiver of an alert. */
function sendersOf(alertname: string): Set<string> {
  const about = recorder.deliveries.filter(
    ({ payload }) => payload.alerts[0]?.labels['alertname'] === alertname,
  );
  return new Set(about.map(({ payload }) => `${payload.externalURL} ${payload.receiver}`));
}

function answers(): Set<number> {
  return new Set(recorder.deliveries.map(({ status }) => status).filter((status) => status !== 0));
}

async function open(): Promise<string[]> {
  const all = await system.incidents();
  return all
    .filter(({ status }) => status === 'open')
    .map(({ alertname, severity }) => `${alertname} ${severity}`)
    .toSorted();
}

async function incidentOf(alertname: string) {
  const found = (await system.incidents()).filter((incident) => incident.alertname === alertname);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`${found.length} incidents of ${alertname} are listed`);
  }
  return found[0];
}
