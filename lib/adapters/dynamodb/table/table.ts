import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { hashSha256 } from '../../../core/shared/hash.ts';
import { DAY, type Millis } from '../../../core/shared/time.ts';
import { NewerSchemaError } from './errors.ts';

/** The one table, shared by every store. The wiring builds the client. */
export type DynamoTable = {
  client: DynamoDBClient;
  tableName: string;
  /** Days after which finished items may be deleted (RETENTION_DAYS). */
  retentionDays: number;
  now: () => Millis;
};

/** Primary key of an item. */
export type Key = { pk: string; sk: string };

/** Partitions of each index: one would be a hot spot, each costs a Query. docs/adr/0015-history-by-time.md */
export const SHARDS = [0, 1, 2, 3] as const;

/** By id, not by key: with the default group_by there are few keys, and some have most of the incidents. */
export function getShard(incidentId: string): number {
  return Number.parseInt(hashSha256(incidentId, 2), 16) % SHARDS.length;
}

/** Prefixes of the sort keys under an incident key. Only the state item may start with `incident#`. */
export type SortKeyPrefix =
  | 'incident'
  | 'detail'
  | 'timeline'
  | 'diagnosis-summary'
  | 'diagnosis'
  | 'destination'
  | 'delivery';

export type IncidentAddress = { key: string; episode: number };

/** Splits `{key}.{episode}`; undefined for anything else, which no item can have. */
export function parseIncidentId(incidentId: string): IncidentAddress | undefined {
  const match = /^(.+)\.([1-9]\d{0,5})$/.exec(incidentId);
  return match?.[1] && match[2] ? { key: match[1], episode: Number(match[2]) } : undefined;
}

/** Zero-padded, so that episodes sort by number. */
export function formatSortKey(prefix: SortKeyPrefix, episode: number, ...rest: string[]): string {
  return [prefix, String(episode).padStart(6, '0'), ...rest].join('#');
}

/** The part of a sort key that makes items sort by the incident's version. */
export function formatSeq(seq: number): string {
  return String(seq).padStart(10, '0');
}

/** Primary key of an item of an incident. */
export function toKey(incidentId: string, prefix: SortKeyPrefix, ...rest: string[]): Key {
  const address = parseIncidentId(incidentId);
  if (!address) throw new TypeError(`not an incident id: ${incidentId}`);
  return { pk: address.key, sk: formatSortKey(prefix, address.episode, ...rest) };
}

/** TTL attribute, in the seconds that DynamoDB wants: `from` plus the retention. */
export function computeExpiry(from: Millis, retentionDays: number): number {
  return Math.ceil((from + retentionDays * DAY) / 1_000);
}

/** Throws NewerSchemaError for an unmarshalled item that newer code wrote. */
export function assertSchemaVersion(item: Record<string, unknown>, known: number): void {
  const found = Number(item.schema);
  if (found > known) throw new NewerSchemaError(`${String(item.pk)}/${String(item.sk)}`, found, known);
}

export type Item = Record<string, AttributeValue>;
