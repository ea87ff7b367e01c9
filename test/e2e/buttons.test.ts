import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readBlock } from '../../infra/local/slack/read-block.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { SIGNING_SECRET, slackActionBody, slackSignature } from '../support/factories/slack-action.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { amtool } from '../support/servers/amtool.ts';
import { type AlertmanagerPair, startAlertmanagerPair } from '../support/servers/real-alertmanager.ts';
import {
  type RunningFirstResponder,
  startFirstResponder,
  WEBHOOK_TOKEN,
} from '../support/servers/running-first-responder.ts';
import { startWebhookRecorder, type WebhookRecorder } from '../support/servers/webhook-recorder.ts';

/** Slack's time limit for the answer to an action, and the allowance for a busy machine. */
const SLACK_WAITS_MS = 3_000;
const BUSY = 3;
const HOUR = 3_600_000;
const labels = {
  alertname: 'ExchangeApiDown',
  severity: 'critical',
  namespace: 'cryptofunk',
  pod: 'exchange-1',
};

let folder: string;
let slack: LocalSlack;
let recorder: WebhookRecorder;
let alertmanagers: AlertmanagerPair;
let system: RunningFirstResponder;
let keep = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'first-responder-buttons-'));
  [slack, recorder] = await Promise.all([startLocalSlack(), startWebhookRecorder()]);
  const url = `${recorder.url}/webhooks/alertmanager`;
  alertmanagers = await startAlertmanagerPair({
    folder,
    receivers: [{ name: 'first-responder', url, auth: { kind: 'bearer', token: WEBHOOK_TOKEN } }],
  });
  system = await startFirstResponder({
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: 'xoxb-e2e',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    LOCAL_TICK_SECONDS: '3',
    ALERTMANAGER_URL: alertmanagers.urls.join('|'),
  });
  recorder.forwardTo(system.url);
});

afterEach(({ task }) => {
  keep ||= task.result?.state === 'fail';
});

afterAll(async () => {
  await system?.stop({ keep });
  await alertmanagers?.stop();
  await Promise.all([recorder?.stop(), slack?.close()]);
  if (keep) console.error(`the Alertmanagers' logs are kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
});

test('the Silence button makes a real silence, which amtool shows and which keeps the alert quiet', async () => {
  const [first, second] = alertmanagers.urls.map(amtool);
  await first?.addAlert(labels);
  const message = await waitFor('the page with its buttons', () => pageWith('silence'));
  const pressedAt = Date.now();

  const answered = await slackAction(message, 'silence', '1 hour');
  const answeredAt = Date.now();
  const [silence] = await waitFor('the silence', () => some(first?.silences()));
  await waitFor('the other peer to know it', () => some(second?.silences()));
  const quiet = await waitFor('the alert to be silenced', () => some(first?.alerts('--silenced')));

  expect(answered.status).toBe(200);
  expect(answeredAt - pressedAt).toBeLessThan(BUSY * SLACK_WAITS_MS);
  const [incident] = await system.incidents();
  expect(silence).toMatchObject({
    createdBy: 'ana',
    comment: `first-responder incident ${incident?.id} ${system.url.replace('127.0.0.1', 'localhost')}/console/incidents/${incident?.id}`,
    status: { state: 'active' },
  });
  const exactly = Object.entries(labels).map(([name, value]) => ({
    name,
    value,
    isRegex: false,
    isEqual: true,
  }));
  expect(silence?.matchers.toSorted(byName)).toEqual(exactly.toSorted(byName));
  expect(Date.parse(silence?.endsAt ?? '') - HOUR).toBeGreaterThanOrEqual(pressedAt);
  expect(Date.parse(silence?.endsAt ?? '') - HOUR).toBeLessThanOrEqual(answeredAt);
  expect(quiet).toMatchObject([{ labels, status: { state: 'suppressed', silencedBy: [silence?.id] } }]);
  expect(await first?.alerts('--active')).toEqual([]);
});

test('only the person who clicked gets the reply, everybody sees the result in the message, and history keeps it', async () => {
  const page = await waitFor('the message to tell of the silence', () =>
    announcement(/Silenced by ana until/),
  );

  const [incident] = await system.incidents();
  const record = await system.record(incident?.id ?? '');

  expect(page.answers).toEqual([
    expect.stringMatching(/^Silenced until <!date.*the alert with `alertname="Exch/),
  ]);
  expect(record).toMatchObject({
    timeline: expect.arrayContaining([
      expect.objectContaining({
        by: 'ana',
        summary: expect.stringMatching(/^Silenced in Alertmanager until/),
      }),
    ]),
  });
});

test('a second click makes no second silence, and one for longer moves its end', async () => {
  const { silences } = amtool(alertmanagers.urls[0]);
  const [before] = await silences();

  await slackAction(announcement(/Silenced by/), 'silence', '1 hour', 'ben');
  const pressedAt = Date.now();
  await slackAction(announcement(/Silenced by/), 'silence', '4 hours', 'ben');
  const after = await silences();

  expect(after).toMatchObject([{ id: before?.id, createdBy: 'ben' }]);
  expect(Date.parse(after[0]?.endsAt ?? '') - 4 * HOUR).toBeGreaterThanOrEqual(pressedAt);
  const lines = await waitFor('a line for each in the thread', () => atLeast(2, silenceLines()));
  expect(lines).toEqual([
    expect.stringMatching(/^Silenced for 1 h by \*ana\* at .*: the alert that fires\.$/),
    expect.stringMatching(/^Silenced for 4 h by \*ben\* at .*: the alert that fires\.$/),
  ]);
  expect(announcement(/Silenced by/)?.answers?.slice(1)).toEqual([
    expect.stringMatching(/^Already silenced by ana, until/),
    expect.stringMatching(/^Your silence now lasts until/),
  ]);
});

test('Acknowledge and Resolve work from the message, and give a helpful reply when it is too late', async () => {
  await slackAction(announcement(/Silenced by/), 'acknowledge', 'Acknowledge');
  const acknowledged = await waitFor('the message to say so', () => announcement(/Acknowledged by ana/));
  await slackAction(acknowledged, 'resolve', 'Resolve');
  const resolved = await waitFor('the message to be resolved', () => announcement(/Resolved by hand by ana/));
  await slackAction(acknowledged, 'resolve', 'Resolve', 'ben');

  const buttons = (blocks: Record<string, unknown>[]) =>
    blocks.map(readBlock).flatMap((block) => (block.kind === 'actions' ? block.elements : []));
  expect(buttons(acknowledged.blocks).map(({ label }) => label)).not.toContain('Acknowledge');
  expect(buttons(resolved.blocks)).toEqual([]);
  expect(announcement(/Resolved by hand/)?.answers?.at(-1)).toMatch(
    /^ana resolved it \d+ s ago; nothing to do\.$/,
  );
});

test('an unsigned action changes nothing', async () => {
  const body = slackActionBody({ action: 'acknowledge', value: '1 abc.000001' });
  const response = await fetch(`${system.url}/slack/actions`, {
    method: 'POST',
    headers: slackSignature(body, Date.now(), 'another secret'),
    body,
  });

  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
});

type Page = ReturnType<LocalSlack['messages']>[number];

function roots(): Page[] {
  return slack.messages().filter(({ channel, threadTs }) => channel === '#cryptofunk-critical' && !threadTs);
}

function silenceLines(): string[] {
  const threads = new Set(roots().map(({ ts }) => ts));
  return slack
    .messages()
    .filter(({ threadTs }) => threadTs !== undefined && threads.has(threadTs))
    .map(slackWords)
    .filter((words) => words.startsWith('Silenced'));
}

function atLeast<T>(count: number, list: T[]): T[] | undefined {
  return list.length < count ? undefined : list;
}

function pageWith(action: string): Page | undefined {
  return roots().find(({ blocks }) => JSON.stringify(blocks).includes(`"action_id":"${action}"`));
}

function announcement(words: RegExp): Page | undefined {
  return roots().find(({ blocks }) => words.test(JSON.stringify(blocks)));
}

/** Sends the action of a control under a message, in Slack's format. */
async function slackAction(
  message: Page | undefined,
  action: string,
  label: string,
  name = 'ana',
): Promise<Response> {
  const element = message?.blocks
    .map(readBlock)
    .flatMap((block) => (block.kind === 'actions' ? block.elements : []))
    .find((each) => each.action === action);
  const value = element?.choices.find((choice) => choice.label === label)?.value;
  if (message === undefined || value === undefined) throw new Error(`the message has no ${label}`);
  const body = slackActionBody({
    action,
    user: { id: 'U012345AB', name },
    responseUrl: slack.responseUrl(message),
    ...(element?.menu ? { option: value } : { value }),
  });
  return fetch(`${system.url}/slack/actions`, {
    method: 'POST',
    headers: slackSignature(body, Date.now()),
    body,
  });
}

async function some<T>(list: Promise<T[]> | undefined): Promise<T[] | undefined> {
  const items = await list;
  return items !== undefined && items.length > 0 ? items : undefined;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
