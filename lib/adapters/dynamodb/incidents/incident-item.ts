import type { IncidentSummary, ListPosition } from '../../../core/history/history.ts';
import { toSummary } from '../../../core/history/summary.ts';
import type { AlertState } from '../../../core/incident/alert-state.ts';
import { INCIDENT_SCHEMA, type Incident } from '../../../core/incident/incident.ts';
import { hashSha256 } from '../../../core/shared/hash.ts';
import type { Millis } from '../../../core/shared/time.ts';
import { convertToNative, marshall } from '../table/marshall.ts';
import { assertSchemaVersion, computeExpiry, formatSortKey, getShard, type Item } from '../table/table.ts';
import { flattenGroups, regroup } from './field-groups.ts';
import { packAlerts, unpackAlerts } from './pack-alerts.ts';

/** The indexes of infra/table.yml. All but `due` project a summary. */
export const indexes = { due: 'due', open: 'open', byTime: 'byTime', byAlertname: 'byAlertname' } as const;

/** Attributes of the state item besides the incident's own fields. */
type StoredIncident = Omit<Incident, 'alerts' | 'paging' | 'tiers' | 'flapping' | 'reconcile'> &
  ReturnType<typeof flattenGroups> & {
    pk: string;
    sk: string;
    packedAlerts: Uint8Array;
    oddAlerts?: { index: number; alert: AlertState }[];
    firing: number;
    total: number;
    acknowledgedAt?: Millis;
    acknowledgedBy?: string;
    /** Keys of the history indexes. An incident that never fired has none, so it is never listed. */
    openedKey?: string;
    timeKey?: string;
    nameKey?: string;
    /** Key of the open index, present while it is open. */
    openShard?: number;
    /** Key of the due index, present together with nextDueAt. */
    dueShard?: number;
    /** TTL in seconds, present once resolved. */
    expiresAt?: number;
  };

/** The state item of an incident: its fields flat, its alerts packed, and the keys of the indexes. */
export function toIncidentItem(incident: Incident, retentionDays: number): Item {
  const { alerts, paging, tiers, flapping, reconcile, ...fields } = incident;
  const { packed, odd } = packAlerts(alerts);
  const { firing, total } = toSummary(incident);
  const stored: StoredIncident = {
    ...fields,
    ...flattenGroups({ paging, tiers, flapping, reconcile }),
    firing,
    total,
    acknowledgedAt: incident.ack?.at,
    acknowledgedBy: incident.ack?.by,
    ...historyKeys(incident),
    pk: incident.key,
    sk: formatSortKey('incident', incident.episode),
    packedAlerts: packed,
    oddAlerts: odd.length === 0 ? undefined : odd,
    dueShard: incident.nextDueAt === undefined ? undefined : getShard(incident.id),
    expiresAt:
      incident.status === 'resolved'
        ? computeExpiry(incident.resolvedAt ?? incident.lastSeenAt, retentionDays)
        : undefined,
  };
  return marshall(stored);
}

/** The inverse. Throws NewerSchemaError for an item of newer code. */
export function toIncident(item: Item): Incident {
  const stored: StoredIncident = convertToNative({ M: item });
  assertSchemaVersion(stored, INCIDENT_SCHEMA);
  const {
    pk: _pk,
    sk: _sk,
    packedAlerts,
    oddAlerts,
    firing: _firing,
    total: _total,
    acknowledgedAt: _acknowledgedAt,
    acknowledgedBy: _acknowledgedBy,
    openedKey: _openedKey,
    timeKey: _timeKey,
    nameKey: _nameKey,
    openShard: _openShard,
    dueShard: _dueShard,
    expiresAt: _expiresAt,
    ...fields
  } = regroup(stored);
  return { ...fields, alerts: unpackAlerts({ packed: packedAlerts, odd: oddAlerts ?? [] }) };
}

/** Attributes of a summary. The indexes of infra/table.yml project them, and `neverFired`. */
const summaryAttributes = [
  'id',
  'source',
  'alertname',
  'group',
  'status',
  'severity',
  'openedAt',
  'resolvedAt',
  'acknowledgedAt',
  'acknowledgedBy',
  'firing',
  'total',
  'tier',
  'category',
  'firstAcknowledgedAt',
  'flapped',
  'pages',
] as const satisfies (keyof IncidentSummary)[];

/** Reads only a summary and `neverFired` of state items; many of the names are reserved words. */
export const summaryProjection = {
  ProjectionExpression: [...summaryAttributes, 'neverFired'].map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(
    [...summaryAttributes, 'neverFired'].map((name) => [`#${name}`, name]),
  ),
};

/** A summary from what an index projects. */
export function toIncidentSummary(item: Item): IncidentSummary {
  const projected: Item = {};
  for (const name of summaryAttributes) {
    const value = item[name];
    if (value) projected[name] = value;
  }
  const summary: IncidentSummary = convertToNative({ M: projected });
  return summary;
}

/** The largest number of 15 digits: some 31,000 years. */
const MAX_TIME = 10 ** 15 - 1;

/** Sort key of the history indexes: opening time, then id. */
export function getOpenedKey(openedAt: Millis, id: string): string {
  return `${String(Math.min(Math.max(0, openedAt), MAX_TIME)).padStart(15, '0')}#${id}`;
}

/** The inverse; undefined for anything else. */
export function getListPosition(key: string): ListPosition | undefined {
  const match = /^(\d{15})#(.+)$/s.exec(key);
  return match?.[1] && match[2] ? { openedAt: Number(match[1]), id: match[2] } : undefined;
}

/** Partition key of the byTime index for incidents. Why it holds no day: docs/adr/0015-history-by-time.md. */
export function formatTimeKey(shard: number): string {
  return `incidents#${shard}`;
}

/** A key may hold 2,048 bytes. */
const LONGEST_NAME = 500;

/** Partition key of the byAlertname index, in shards because a whole storm may have one alertname. */
export function formatNameKey(alertname: string, shard: number): string {
  return `${alertname.length > LONGEST_NAME ? hashSha256(alertname) : alertname}#${shard}`;
}

type HistoryKeys = Pick<StoredIncident, 'openedKey' | 'timeKey' | 'nameKey' | 'openShard'>;

function historyKeys(incident: Incident): HistoryKeys {
  if (incident.neverFired) return {};
  const shard = getShard(incident.id);
  return {
    openedKey: getOpenedKey(incident.openedAt, incident.id),
    timeKey: formatTimeKey(shard),
    nameKey: formatNameKey(incident.alertname, shard),
    openShard: incident.status === 'open' ? shard : undefined,
  };
}
