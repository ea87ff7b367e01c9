import { clip } from '../shared/clip.ts';
import { parseWellFormed } from '../shared/parse-well-formed.ts';
import type { Millis } from '../shared/time.ts';
import type { Alert, Delivery } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type WebhookAlert, webhookAlertSchema, webhookSchema } from './webhook-schema.ts';

export type ParsedDelivery =
  | { kind: 'delivery'; delivery: Delivery }
  /** `path` names the field that made the whole body unreadable; empty for the body itself. */
  | { kind: 'malformed'; path: string; reason: string };

type Issue = { path: PropertyKey[]; message: string };

/** A label name can be as long as the body; in a sentence it must not. */
const MAX_PATH = 200;

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const YEAR_10000 = Date.UTC(10_000, 0);
const NOT_A_TIME = 'must be an RFC 3339 time between the years 1970 and 9999';

/** Reads a webhook body. Only a body without a list of alerts is refused whole. */
export function parseDelivery(source: string, body: string): ParsedDelivery {
  let json: unknown;
  try {
    json = parseWellFormed(body);
  } catch {
    return { kind: 'malformed', path: '', reason: 'the body is not JSON' };
  }
  const parsed = webhookSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'malformed', path: pathOf(issue), reason: sentenceOf(issue, 'the body') };
  }
  const { receiver, groupKey, externalURL, truncatedAlerts } = parsed.data;
  const delivery: Delivery = {
    source,
    receiver,
    groupKey,
    externalURL,
    truncatedAlerts,
    alerts: [],
    rejected: [],
  };
  for (const [index, candidate] of parsed.data.alerts.entries()) {
    const alert = parseAlert(source, candidate);
    if (typeof alert === 'string') delivery.rejected.push({ index, reason: alert });
    else delivery.alerts.push(alert);
  }
  return { kind: 'delivery', delivery };
}

/** The alert, or one sentence why it cannot be one. */
function parseAlert(source: string, candidate: unknown): Alert | string {
  const parsed = webhookAlertSchema.safeParse(candidate);
  if (!parsed.success) return sentenceOf(parsed.error.issues[0], 'the alert');
  const { status, labels, annotations = {}, generatorURL } = parsed.data;
  const startsAt = instantOf(parsed.data.startsAt);
  if (startsAt === undefined) return `startsAt ${NOT_A_TIME}`;
  const alert = {
    source,
    fingerprint: fingerprint(parsed.data),
    labels,
    annotations,
    startsAt,
    generatorURL,
  };
  // Alertmanager writes year 1 while it fires; whatever stands there, it has not ended.
  if (status === 'firing') return { ...alert, status, endsAt: 0 };

  const endsAt = instantOf(parsed.data.endsAt);
  if (endsAt === undefined) return `endsAt ${NOT_A_TIME}`;
  // A resolve that ends before it began is a clock's fault; it still ends that firing.
  return { ...alert, status, endsAt: Math.max(endsAt, startsAt) };
}

function fingerprint(alert: WebhookAlert): string {
  const given = alert.fingerprint.toLowerCase();
  return /^[0-9a-f]{16}$/.test(given) ? given : fingerprintOf(alert.labels);
}

function instantOf(text: string | undefined): Millis | undefined {
  if (text === undefined || !RFC_3339.test(text)) return undefined;
  const time = Date.parse(text);
  return time > 0 && time < YEAR_10000 ? time : undefined;
}

function pathOf(issue: Issue | undefined): string {
  return clip((issue?.path ?? []).map(String).join('.'), MAX_PATH);
}

/** `labels.pod must be a string`; `whole` stands for the path where the value itself is at fault. */
function sentenceOf(issue: Issue | undefined, whole: string): string {
  return `${pathOf(issue) || whole} ${issue?.message ?? 'is not as expected'}`;
}
