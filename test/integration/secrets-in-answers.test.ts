import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localCredentials, localRegion } from '../../infra/local/aws/dynamodb.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoQuarantine } from '../../lib/adapters/dynamodb/history/quarantine.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoMaintenanceStore } from '../../lib/adapters/dynamodb/operations/maintenance-store.ts';
import { createMaintenanceId } from '../../lib/core/maintenance/maintenance.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { bearer, httpEvent, lambdaContext } from '../support/factories/http-event.ts';
import { storedAlert, storedDiagnosis, storedIncident } from '../support/factories/stored-incident.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';
import { importHandler, serviceRoutes, serviceVariables } from '../support/servers/service-routes.ts';

// Every route of serverless.yml that reads, through its real handler, over a table in which every text holds a secret: a new route
// is tested by itself.

const SECRET = 'c4n4ryZx8';
const LEAK = `password=${SECRET}`;
const now = systemClock.now();
const incident = storedIncident({
  alertname: `Backup ${LEAK}`,
  group: { password: SECRET, dsn: `redis://:${SECRET}@cache` },
  externalURL: `http://bob:${SECRET}@alertmanager:9093`,
  openedAt: now - HOUR,
  lastSeenAt: now,
  alerts: [storedAlert({ startsAt: now - HOUR })],
  ack: { by: `Ana ${LEAK}`, at: now, note: LEAK, asOf: 1, severity: 'critical' },
  resolvedBy: `Ana ${LEAK}`,
});
/** Pages and liveness hold no data; the queue of dead letters is not there, and its listing has a test of its own. */
const reading = serviceRoutes().filter(
  ({ method, path }) => method === 'GET' && !/^\/(console.*|health|dead-letters)?$/.test(path),
);

let local: LocalTable;
const logged: string[] = [];

beforeAll(async () => {
  local = await startLocalTable();
  await createDynamoIncidentStore(local.table).write(incident, 0);
  const history = createDynamoHistory(local.table);
  await history.addDetails(incident.id, [
    {
      fingerprint: '00ff00ff00ff00ff',
      labels: { alertname: incident.alertname, password: SECRET, dsn: LEAK, severity: LEAK },
      annotations: { summary: LEAK, api_key: SECRET, runbook_url: `https://wiki/?token=${SECRET}` },
      generatorURL: `https://prometheus/graph?token=${SECRET}`,
      startsAt: now - HOUR,
      unknownSeverity: LEAK,
    },
  ]);
  await history.addTimeline(incident.id, {
    id: `${incident.id}:1`,
    seq: 1,
    at: now,
    what: 'opened',
    summary: LEAK,
    by: LEAK,
    note: LEAK,
    tier: 1,
    texts: [{ fingerprint: '00ff00ff00ff00ff', text: LEAK }],
  });
  await history.addDiagnosis({
    ...storedDiagnosis(incident.id, 1),
    about: [['password', SECRET]],
    commands: [{ text: 'Connect', command: `psql ${LEAK}` }],
    skipped: LEAK,
  });
  await createDynamoQuarantine(local.table).add({
    id: 'entry',
    source: 'prod',
    at: now,
    reason: LEAK,
    body: JSON.stringify({ alerts: [{ labels: { password: SECRET, text: LEAK } }] }),
  });
  await createDynamoMaintenanceStore(local.table).add({
    id: createMaintenanceId(now + HOUR, 'abcdef0123'),
    matchers: `password="${SECRET}"`,
    from: now,
    to: now + HOUR,
    by: LEAK,
    reason: LEAK,
    createdAt: now,
  });
  const queues = serviceVariables().filter((variable) => /(QUEUE|DEAD_LETTERS)_URL$/.test(variable));
  for (const [name, value] of Object.entries({
    TABLE_NAME: local.table.tableName,
    AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    READ_TOKENS: 'reader',
    WRITE_TOKENS: 'writer',
    ...Object.fromEntries(queues.map((variable) => [variable, 'http://127.0.0.1:9/queue'])),
  })) {
    vi.stubEnv(name, value);
  }
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    logged.push(String(line));
    return true;
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await local.close();
});

describe('a secret in the table', () => {
  it.each(reading)('is in no answer of $route', async ({ file, method, path }) => {
    const handler = await importHandler({ file });
    const parameters = path.includes('{id}') ? { parameters: { id: incident.id } } : {};

    const { statusCode, body, headers } = await handler(
      httpEvent({ method, path, headers: bearer('reader'), ...parameters }),
      lambdaContext,
    );

    expect(statusCode, body).toBe(200);
    expect(JSON.stringify({ body, headers })).not.toContain(SECRET);
    if (path !== '/stats') expect(body).toContain('[redacted]');
    expect(logged.join('')).not.toContain(SECRET);
  });

  it('is looked for on routes of every kind', () => {
    expect(reading.length).toBeGreaterThan(7);
  });
});
