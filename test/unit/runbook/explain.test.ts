import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { compileRunbooks } from '../../../scripts/compile-runbooks.ts';
import { assumedChannels } from '../../../scripts/runbook/command/assumed-channels.ts';
import { requireRunbook } from '../../../scripts/runbook/command/find-runbook.ts';
import { labelsFor } from '../../../scripts/runbook/command/open-incident.ts';
import { explain } from '../../../scripts/runbook/explain/explain.ts';
import { writeExplanation } from '../../../scripts/runbook/explain/write-explanation.ts';
import { queueStuck } from '../../support/factories/queue-stuck-runbook.ts';
import { type CopiedRunbooks, copyRunbooks } from '../../support/factories/runbook-folders.ts';

const NOW = Date.UTC(2026, 10, 25, 3);
let copy: CopiedRunbooks;

beforeAll(() => {
  copy = copyRunbooks([]);
  copy.write('alerts/queue-stuck.yaml', queueStuck);
});

afterAll(() => copy.remove());

function explained(
  labels: Record<string, string>,
  environment: Record<string, string> = {},
  { now = NOW, from = copy.folder } = {},
) {
  const catalog = compileRunbooks(from);
  const { runbook, isDefault } = requireRunbook(catalog, 'QueueStuck', false);
  return explain({
    catalog,
    runbook,
    isDefault,
    channels: assumedChannels(environment, catalog),
    source: 'prod',
    labels: labelsFor(runbook, labels).labels,
    now,
  });
}

const rotation = `  ana: { name: Ana, slack: U0ANA }
  ben: { name: Ben, slack: U0BEN }
  on-call:
    name: on-call
    rotation: { who: [ana, ben], start: 2026-11-23 09:00, time_zone: Europe/Vilnius }
`;
const given = { queue: 'a', kind: 'slow', pod: 'p1' };

describe('the steps that would run', () => {
  test('show each request with its values, exactly as it would be sent', async () => {
    const { steps } = await explained({ ...given, queue: 'it\'s "a" \\ b' });

    expect(steps.map(({ id, asks }) => [id, asks])).toEqual([
      [
        'depth',
        [
          {
            server: 'Prometheus',
            request: 'the last 1 h 00 m in steps of 60 s, source prod',
            query: 'max(depth{queue="it\'s \\"a\\" \\\\ b"})',
          },
        ],
      ],
      [
        'rows',
        [
          {
            server: 'PostgreSQL',
            request: 'one statement, read only, $1 = "it\'s \\"a\\" \\\\ b", $2 = "slow"',
            query: 'SELECT $1::text AS queue, $2::text AS kind',
          },
        ],
      ],
      ['each:p1', [{ server: 'Alertmanager', request: 'active alerts, source prod' }]],
      ['others', [{ server: 'Alertmanager', request: 'active alerts, source prod' }]],
    ]);
    expect(steps[1]).toMatchObject({ timeoutMs: 4_000, mostRows: 20, mostBytes: 4_096, verifies: true });
  });

  test('say which request cannot be made', async () => {
    const catalog = compileRunbooks(copy.folder);
    const { runbook } = requireRunbook(catalog, 'QueueStuck', false);

    const { steps, commands } = await explain({
      catalog,
      runbook,
      isDefault: false,
      channels: assumedChannels({}, catalog),
      source: 'prod',
      labels: { alertname: 'QueueStuck' },
      now: NOW,
    });

    expect(steps.find(({ id }) => id === 'depth')).toMatchObject({
      asks: [],
      problem: 'the alert lacks a label that the query needs',
    });
    expect(commands[0]?.shown).toBe('never: the alert lacks a label that it needs');
  });

  test('omit steps for other alerts, and say why', async () => {
    const { leftOut } = await explained({ ...given, pod: '' });

    expect(leftOut).toEqual([
      { id: 'dead', title: 'dead letters', why: 'only when kind="dead"' },
      { id: 'each', title: 'each pod', why: 'the alert has no label pod' },
    ]);
  });

  test('list the commands, filled from labels as far as possible', async () => {
    const { commands } = await explained({ ...given, queue: "it's" });

    expect(commands).toEqual([
      { text: 'Look at it', command: "queue show 'it'\\''s'", shown: 'always' },
      {
        text: 'Empty it',
        command: "queue purge 'it'\\''s' {{ findings.rows.first.kind }}",
        caution: 'its messages are lost',
        shown: 'when findings.rows.count > 0',
      },
    ]);
  });
});

describe('the words for several alerts in a title', () => {
  test('come from the runbook, else "alerts"', async () => {
    copy.write(
      'alerts/queue-stuck.yaml',
      `${queueStuck}counted_as: { firing: queues stuck, resolved: queues }\n`,
    );
    const ours = await explained(given);
    copy.write('alerts/queue-stuck.yaml', queueStuck);
    const without = await explained(given);

    expect(writeExplanation(ours)).toContain('12 queues stuck while they fire, 12 queues when it is over');
    expect(writeExplanation(without)).toContain('12 alerts while they fire, 12 alerts when it is over');
  });
});

describe('the people who would be notified', () => {
  test('are listed for each tier and reminder, also after a promotion', async () => {
    const { notified, severity, incident } = await explained(given);

    expect(incident.group).toEqual({ alertname: 'QueueStuck', queue: 'a' });
    expect(severity.raised).toEqual(['critical when it has been open for 45 min']);
    expect(
      notified.map(({ afterMs, reason, severity, contacts }) => [
        afterMs / MINUTE,
        reason,
        severity,
        contacts,
      ]),
    ).toEqual([
      [0, 'opened', 'warning', []],
      [45, 'raised', 'critical', ['on-call engineer']],
      [60, 'reminder', 'critical', ['on-call engineer']],
      [75, 'escalated', 'critical', ['senior engineer']],
      [105, 'escalated', 'critical', ['engineering lead', 'product manager']],
    ]);
  });

  test('are reached where routing.yaml says, by list name if no addresses are set', async () => {
    const { notified } = await explained(given);
    const { notified: withAddresses } = await explained(given, {
      ALERT_EMAIL_TO: 'a@x.example, b@x.example',
    });

    expect(notified[0]?.targets).toEqual([
      expect.objectContaining({ to: '#cryptofunk-alerts', mentions: [] }),
      expect.objectContaining({ to: '#cryptofunk-trading', mentions: [] }),
      { channel: 'email', destination: 'email', to: ['ALERT_EMAIL_TO'] },
    ]);
    expect(notified[1]?.targets).toContainEqual(
      expect.objectContaining({ to: '#cryptofunk-critical', mentions: ['<!channel>', '@oncall'] }),
    );
    expect(withAddresses[0]?.targets).toContainEqual(
      expect.objectContaining({ to: ['a@x.example', 'b@x.example'] }),
    );
  });

  test('are those on call at the time of each tier, in a rotation', async () => {
    const from = join(copy.root, 'with-rotation');
    cpSync(copy.folder, from, { recursive: true });
    const written = readFileSync(join(from, 'contacts.yaml'), 'utf8');
    writeFileSync(join(from, 'contacts.yaml'), written.replace(/ {2}on-call:[^]*?(?= {2}senior)/, rotation));
    // Forty minutes before the handover: the promotion after 45 minutes calls the next person.
    const now = Date.UTC(2026, 10, 30, 6, 20);

    const { notified } = await explained({ ...given, severity: 'critical' }, {}, { now, from });

    expect(notified.slice(0, 3).map(({ afterMs, contacts }) => [afterMs / MINUTE, contacts])).toEqual([
      [0, ['Ana (on-call)']],
      [15, ['Ana (on-call)']],
      [30, ['senior engineer']],
    ]);
    const { notified: later } = await explained(given, {}, { now, from });
    expect(later[1]?.contacts).toEqual(['Ben (on-call)']);
    expect(JSON.stringify(later[1]?.targets)).toContain('<@U0BEN>');
  });

  test('are reached in one place when Slack is only an incoming webhook', async () => {
    const { notified } = await explained(given, { SLACK_WEBHOOK_URL: 'http://slack.example' });

    expect(notified[0]?.targets).toContainEqual(expect.objectContaining({ destination: 'slack:webhook' }));
  });

  test('may be programs: a webhook that a route names', async () => {
    const from = join(copy.root, 'with-webhook');
    cpSync(copy.folder, from, { recursive: true });
    const routing = readFileSync(join(from, 'routing.yaml'), 'utf8');
    writeFileSync(join(from, 'routing.yaml'), `${routing}\n  - webhook: pager\n`);

    const { notified } = await explained(given, {}, { from });

    expect(notified[0]?.places).toContain('webhook pager');
  });
});

describe('the severity', () => {
  test.each([
    ['', 'warning', "the runbook's, because the alert has no severity label"],
    ['page', 'critical', 'the severity label page stands for it in severities.yaml'],
    ['Info', 'info', "the alert's severity label"],
    ['strange', 'warning', "the runbook's, because severities.yaml does not know the severity label strange"],
  ])('with label %j is %s: %s', async (label, value, why) => {
    const { severity } = await explained({ ...given, severity: label });

    expect(severity).toMatchObject({ value, why });
  });
});

test('an explanation lists the runbook, its steps, its commands and the people to notify, in this order', async () => {
  const text = writeExplanation(await explained(given));

  expect(text).toMatch(
    /^QueueStuck\n[^]*severity {2}warning: [^]*Checks: 4 at once, all within 20 s\n[^]*Left out\n[^]*Commands that could be shown\n[^]*Notified, if nobody acknowledges and nothing resolves \(from 2026-11-25 03:00 UTC on\)\n/,
  );
  expect(text).toContain('rows (sql; 4 s, 20 rows, 4096 bytes at the most; again on resolve)');
  expect(text).toContain(
    'after 1 h 15 min (critical): Not resolved in time: escalated to L2. For senior engineer.',
  );
  expect(text).toContain('Slack #cryptofunk-critical, calling @channel @senior-eng');
});
