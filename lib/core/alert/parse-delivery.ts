import type { Millis } from '../shared/time.ts';
import type { Alert, Delivery } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type WebhookAlert, webhookAlertSchema, webhookSchema } from './webhook-schema.ts';

export type ParsedDelivery =
  | { kind: 'delivery'; delivery: Delivery }
  /** `path` names the field that made the whole body unreadable; empty for the body itself. */
  | { kind: 'malformed'; path: string; reason: string };

type Issue = { path: PropertyKey[]; message: string };

/** Reads a webhook body. Only a body without a list of alerts is refused whole. */
export function parseDelivery(source: string, body: string): ParsedDelivery {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: 'malformed', path: '', reason: 'the body is not JSON' };
  }
  const parsed = webhookSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'malformed', path: pathOf(issue), reason: sentenceOf(issue, 'the body') };
  }
  const { receiver, externalURL, truncatedAlerts } = parsed.data;
  const delivery: Delivery = { source, receiver, externalURL, truncatedAlerts, alerts: [], rejected: [] };
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
  const { status, labels, annotations, generatorURL } = parsed.data;
  const startsAt = instant(parsed.data.startsAt);
  if (startsAt === undefined) return 'startsAt is not an RFC 3339 time between 1970 and 9999';
  const endsAt = status === 'firing' ? 0 : instant(parsed.data.endsAt);
  if (endsAt === undefined) return 'endsAt is not an RFC 3339 time between 1970 and 9999';
  return {
    source,
    fingerprint: fingerprint(parsed.data),
    status,
    labels,
    annotations,
    startsAt,
    // A resolve that ends before it began is a clock's fault; it still ends that firing.
    endsAt: status === 'firing' ? 0 : Math.max(endsAt, startsAt),
    generatorURL,
  };
}

function fingerprint(alert: WebhookAlert): string {
  const given = alert.fingerprint?.toLowerCase();
  return given !== undefined && /^[0-9a-f]{16}$/.test(given) ? given : fingerprintOf(alert.labels);
}

function instant(text: string | undefined): Millis | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

function pathOf(issue: Issue | undefined): string {
  return (issue?.path ?? []).map(String).join('.');
}

function sentenceOf(issue: Issue | undefined, whole: string): string {
  const where = pathOf(issue) || whole;
  return `${where}: ${issue?.message ?? 'not as expected'}`;
}
