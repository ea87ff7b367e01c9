import { expect } from 'vitest';
import { createDynamoFailureReportStore } from '../../../lib/adapters/dynamodb/delivery/failure-report-store.ts';
import { createDynamoRateLimitStore } from '../../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { createDynamoHistory } from '../../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoQuarantine } from '../../../lib/adapters/dynamodb/history/quarantine.ts';
import { createDynamoIncidentStore } from '../../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoRollUps } from '../../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import { computeExpiry, type DynamoTable, toKey } from '../../../lib/adapters/dynamodb/table/table.ts';
import { get } from '../../../lib/adapters/dynamodb/table/verbs.ts';
import { toSummary } from '../../../lib/core/history/summary.ts';
import { HOUR } from '../../../lib/core/shared/time.ts';
import { randomKey, STORED_AT, storedDiagnosis, storedIncident } from '../factories/stored-incident.ts';

/**
 * One small use of each thing that the stores ask of the table: a conditional put and update, a read of each kind, each
 * index with its projection and filters, and expiry. Fails at the first answer that is not as it must be.
 */
export async function exerciseStores(table: DynamoTable): Promise<void> {
  await exerciseIncidents(table);
  await exerciseSmallStores(table);
}

async function exerciseIncidents(table: DynamoTable): Promise<void> {
  const incidents = createDynamoIncidentStore(table);
  const history = createDynamoHistory(table);
  const incident = storedIncident({ source: randomKey(), alertname: randomKey() });
  const { id, key, source, alertname } = incident;
  const range = { from: STORED_AT - HOUR, to: STORED_AT + HOUR, limit: 10 };

  expect(await incidents.write(incident, 0)).toBe('written');
  expect(await incidents.write(incident, 0)).toBe('conflict');
  expect(await incidents.latest(key)).toEqual(incident);
  expect(await incidents.due(incident.nextDueAt ?? 0, 1_000)).toContain(id);
  for (const filters of [{ source }, { source, status: 'open' as const }, { source, alertname }]) {
    expect((await history.list({ ...range, ...filters })).incidents).toEqual([toSummary(incident)]);
  }
  expect((await history.open(source, 100)).incidents).toEqual([toSummary(incident)]);
  expect(await incidents.dropPublishedEffects(incident, [], undefined)).toBe('kept');
  expect(await incidents.due(incident.nextDueAt ?? 0, 1_000)).not.toContain(id);

  const first = storedDiagnosis(id, 1);
  expect(await history.addDiagnosis(first)).toEqual(first);
  expect(await history.addDiagnosis({ ...first, commands: [{ text: 'later', command: 'ls' }] })).toEqual(
    first,
  );
  const stored = await get(table, toKey(id, 'diagnosis', '0000000001'));
  expect(Number(stored?.['expiresAt']?.N)).toBe(computeExpiry(table.now(), table.retentionDays));
}

async function exerciseSmallStores(table: DynamoTable): Promise<void> {
  const quarantine = createDynamoQuarantine(table);
  const entry = { id: randomKey(), source: 'prod', at: STORED_AT, reason: 'no JSON', body: '{' };
  await quarantine.add(entry);
  expect(await quarantine.list(10)).toContainEqual(entry);

  const rateLimits = createDynamoRateLimitStore(table);
  const request = { now: STORED_AT, spacing: 1_000, bookingWindow: 0 };
  const bucket = randomKey();
  expect((await rateLimits.book(bucket, request)).kind).toBe('slot');
  expect((await rateLimits.book(bucket, request)).kind).toBe('busy');

  const reports = createDynamoFailureReportStore(table);
  const failure = { destination: randomKey(), reason: 'not_found' };
  expect(await reports.claimReport(failure, 'a', STORED_AT, 0)).toBe(true);
  expect(await reports.claimReport(failure, 'b', STORED_AT, 0)).toBe(false);

  expect(await createDynamoRollUps(table).between(STORED_AT, STORED_AT + HOUR)).toEqual([]);
}
