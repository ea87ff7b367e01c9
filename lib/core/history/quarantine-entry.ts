import { hashSha256 } from '../shared/hash.ts';
import type { Millis } from '../shared/time.ts';
import type { QuarantinedWebhook } from './history.ts';

/** An alert that could not be accepted: its position in the payload's `alerts`, and one sentence why. */
export type RejectedAlert = { index: number; reason: string };

const ID_DIGITS = 32;

/** Entries per response: by default, and at most. */
const USUAL_LIMIT = '20';
const MAX_LIMIT = 50;

/** The same source and content give the same id, so a repeat adds no entry. */
export function computeQuarantineId(source: string, content: string): string {
  return hashSha256(`${source}\n${content}`, ID_DIGITS);
}

/** The rejected alerts of a readable webhook as received, each with its reason. */
export function toQuarantineEntry(webhook: {
  source: string;
  body: string;
  rejected: RejectedAlert[];
  now: Millis;
}): QuarantinedWebhook {
  const { source, rejected, now } = webhook;
  const alerts: unknown[] = JSON.parse(webhook.body).alerts;
  const body = JSON.stringify({
    rejected: rejected.map(({ index, reason }) => ({ index, reason, alert: alerts[index] })),
  });
  return {
    id: computeQuarantineId(source, body),
    source,
    at: now,
    reason: describeRejected(rejected, alerts.length),
    body,
  };
}

/** `2 of 5 alerts could not be accepted, the first (alerts[0]) because startsAt is missing` */
function describeRejected(rejected: RejectedAlert[], total: number): string {
  const [first] = rejected;
  const many = `${rejected.length} of ${total} ${total === 1 ? 'alert' : 'alerts'} could not be accepted`;
  const which = rejected.length === 1 ? `alerts[${first?.index}]` : `the first, alerts[${first?.index}],`;
  return `${many}: ${which} ${first?.reason}`;
}

export type QuarantineLimit =
  | { kind: 'ok'; limit: number }
  | { kind: 'refused'; path: string; reason: string };

/** Reads the query string of GET /quarantine; a refusal names the parameter. */
export function readQuarantineLimit({
  limit = USUAL_LIMIT,
  ...others
}: Readonly<Record<string, string | undefined>>): QuarantineLimit {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return { kind: 'refused', path: unknown, reason: `${unknown} is not a parameter of this listing.` };
  if (/^[1-9]\d?$/.test(limit) && Number(limit) <= MAX_LIMIT) return { kind: 'ok', limit: Number(limit) };
  return {
    kind: 'refused',
    path: 'limit',
    reason: `limit must be a whole number from 1 to ${MAX_LIMIT}.`,
  };
}
