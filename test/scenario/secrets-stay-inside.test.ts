import { describe, expect, it } from 'vitest';
import { createAtomWriter } from '../../lib/adapters/atom/atom-writer.ts';
import { createCsvWriter } from '../../lib/adapters/csv/csv-writer.ts';
import { createJsonLog } from '../../lib/adapters/log/json-log.ts';
import { writeMarkdown } from '../../lib/adapters/markdown/write-markdown.ts';
import { fillCommands } from '../../lib/core/diagnosis/fill-commands.ts';
import { redact } from '../../lib/core/redaction/redact.ts';
import { deriveSigningKey } from '../../lib/core/shared/signature.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { exportIncidents } from '../../lib/flow/history/export-incidents.ts';
import { feedIncidents } from '../../lib/flow/history/feed-incidents.ts';
import { listDeadLetters } from '../../lib/flow/history/list-dead-letters.ts';
import { listIncidents } from '../../lib/flow/history/list-incidents.ts';
import { listQuarantine } from '../../lib/flow/history/list-quarantine.ts';
import { reportIncident } from '../../lib/flow/history/report-incident.ts';
import { showIncident } from '../../lib/flow/history/show-incident.ts';
import { acknowledgeIncident, resolveIncident } from '../../lib/flow/incident/change-incident.ts';
import { addMaintenance, listMaintenances } from '../../lib/flow/maintenance/maintenances.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

// A secret in every field that comes from outside, and none in anything that goes out.

let planted = 0;

/** A secret that no other field has. */
function canary(): string {
  planted += 1;
  return `c4n4ry${planted}Zx8`;
}

const CANARY = /c4n4ry/i;

function leakyAlert(now: number, alertname: string, change: Record<string, unknown> = {}) {
  return {
    status: 'firing',
    labels: {
      alertname,
      severity: 'critical',
      password: canary(),
      dsn: `postgres://bob:${canary()}@db:5432/app`,
      command: `DB_PASS=p,a;s&s)w}${canary()}`,
      [`token=${canary()}`]: 'named',
      instance: 'db-1',
    },
    annotations: {
      summary: `login failed, password=${canary()}, twice`,
      description: `{"msg":"{\\"api_key\\":\\"${canary()}\\"}"}`,
      runbook_url: `https://wiki.example.com/x?token=${canary()}`,
      api_key: canary(),
      long: `${'x'.repeat(490)} Authorization: ApiKey ${canary().repeat(20)}`,
    },
    startsAt: new Date(now).toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: `http://prometheus:9090/graph?g0.expr=up%7Bpassword%3D%22${canary()}%22%7D`,
    ...change,
  };
}

const POOL = 'DatabaseConnectionPoolCritical';

function leakyCatalog() {
  const routes = [...catalog().routes, { webhook: 'ops' }];
  return catalog({ routes }, [
    runbook({
      groupBy: ['alertname', 'dsn', 'password'],
      commands: [
        { text: 'Connect', command: 'psql {{ labels.dsn }}' },
        { text: 'Log in', command: 'login {{ labels.password }}' },
      ],
    }),
  ]);
}

/** Fires, is acknowledged, grows, is escalated, and ends; everything that it showed meanwhile. */
async function playNight(): Promise<{ system: FirstResponder; lines: string[] }> {
  const system = new FirstResponder({ catalog: leakyCatalog(), webhooks: ['ops'] });
  const lines: string[] = [];
  system.log = createJsonLog((line) => lines.push(line), redact);
  system.found = [finding({ sentence: 'the pool is full' })];
  const { diagnose } = system;
  system.diagnose = async (request) => ({
    ...(await diagnose(request)),
    commands: fillCommands(request.runbook.commands, {
      labels: request.alerts[0]?.labels ?? {},
      findings: {},
    }),
  });
  const post = (alerts: Record<string, unknown>[]) =>
    system.receive(
      alerts,
      webhookBody(alerts, {
        receiver: `token=${canary()}`,
        groupKey: `{}:{password="${canary()}"}`,
        externalURL: `http://bob:${canary()}@alertmanager:9093`,
      }),
      'prod',
    );
  const pool = leakyAlert(system.now, POOL);
  await post([
    pool,
    leakyAlert(system.now, `Backup password=${canary()}`),
    leakyAlert(system.now, 'Odd', { labels: { alertname: 'Odd', severity: `token=${canary()}` } }),
    leakyAlert(system.now, 'Refused', { labels: 'password=none' }),
    { ...leakyAlert(system.now, ''), status: `password=${canary()}` },
  ]);
  await system.receive([], `{"password": "${canary()}", `);
  await system.drain();
  await system.minutes(2);
  const incident = [...system.world.incidents.items.values()].find(({ alertname }) => alertname === POOL);
  const id = incident?.id ?? '';
  const by = `Ana (token=${canary()})`;
  await acknowledgeIncident(system.changePorts, {
    id,
    by,
    note: `with password=${canary()}`,
    now: system.now,
  });
  await system.drain();
  await post([pool, leakyAlert(system.now, POOL, { labels: { ...pool.labels, instance: 'db-2' } })]);
  await system.drain();
  await system.minutes(40);
  await resolveIncident(system.changePorts, { id, by, note: `api_key: ${canary()}`, now: system.now });
  await system.drain();
  return { system, lines };
}

describe('a secret in any field that comes from outside', () => {
  it('is in no message of any channel, and the messages are readable', async () => {
    const { system } = await playNight();
    const { slack, mail, webhook } = system;

    const shown = [slack.posted, slack.calls, mail.sent, webhook.posted];

    expect(JSON.stringify(shown)).not.toMatch(CANARY);
    expect(slack.posted.length).toBeGreaterThan(2);
    expect(mail.sent.length).toBeGreaterThan(2);
    expect(webhook.posted.length).toBeGreaterThan(2);
    expect(JSON.stringify(slack.posted)).toContain('postgres://bob:[redacted]@db:5432/app');
    expect(JSON.stringify(slack.posted)).toContain(
      'Connect* (not shown: one of its values looks like a secret)',
    );
    expect(JSON.stringify(mail.sent)).toContain('login failed, password=[redacted], twice');
  });

  it('is in no line of the log', async () => {
    const { lines } = await playNight();

    expect(lines.join('\n')).not.toMatch(CANARY);
  });

  it('is in no answer of the history', async () => {
    const { system } = await playNight();
    const { world, now, catalog: runbooks } = system;
    const query = { from: now - HOUR * 24, to: now + HOUR, limit: 100 };
    const key = deriveSigningKey(['secret'], 'cursor');
    const maintenance = { from: now, to: now + HOUR, by: `Ana token=${canary()}` };
    await addMaintenance(world, {
      request: { ...maintenance, matchers: `password="${canary()}"`, reason: `password=${canary()}` },
      unique: 'unique',
      now,
    });

    const ids = [...world.incidents.items.keys()].map((id) => world.incidents.items.get(id)?.id ?? '');
    const letter = { incidentId: 'a.1', destination: 'email', at: now, attempt: 1 };
    const deadLetters = {
      list: async () => ({
        count: 1,
        letters: [{ ...letter, reason: `password=${canary()}` }],
        unreadable: 0,
      }),
    };
    const answers = [
      await listIncidents(world, query, key),
      await exportIncidents({ ...world, csv: createCsvWriter() }, query, 'csv', key),
      await exportIncidents({ ...world, csv: createCsvWriter() }, query, 'jsonl', key),
      await feedIncidents({ ...world, feed: createAtomWriter(), publicUrl: 'https://fr' }, query, ''),
      await system.statistics(),
      await listMaintenances(world, now),
      await listQuarantine(world, 100),
      await listDeadLetters({ deadLetters }),
      ...(await Promise.all(ids.map((id) => showIncident({ ...world, catalog: runbooks }, id)))),
      ...(await Promise.all(
        ids.map((id) => reportIncident({ ...world, catalog: runbooks, writeMarkdown }, id, now)),
      )),
    ].map((answer) => JSON.stringify(answer));

    expect(ids.length).toBeGreaterThan(2);
    for (const answer of answers) {
      expect(answer).not.toMatch(CANARY);
      expect(answer).toContain('[redacted]');
    }
  });

  it('is stored as it came, so that matchers and silences still find it', async () => {
    const { system } = await playNight();

    const stored = JSON.stringify([...system.world.incidents.items.values()]);

    expect(stored).toMatch(CANARY);
    expect(stored).not.toContain('[redacted]');
  });
});
