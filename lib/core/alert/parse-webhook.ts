import { clip } from '../shared/clip.ts';
import { parseWellFormed } from '../shared/parse-well-formed.ts';
import type { Millis } from '../shared/time.ts';
import type { Alert, AlertStatus, Webhook } from './alert.ts';
import { readFingerprint } from './fingerprint.ts';
import { type WebhookAlert, webhookAlertSchema, webhookSchema } from './webhook-schema.ts';

export type ParsedWebhook =
  | { kind: 'delivery'; delivery: Webhook }
  /** `path` names the field that made the whole body unreadable; empty for the body itself. */
  | { kind: 'malformed'; path: string; reason: string };

type Issue = { path: PropertyKey[]; message: string };

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** In place of a time that is absent, not readable, or before 1970 as Go's zero time is. */
const NOT_SAID = 0;
/** A label name can be as long as the body; in a sentence it must not. */
const MAX_PATH = 200;

/** Reads a webhook body. Only a body without a list of alerts is refused whole. */
export function parseWebhook(source: string, body: string): ParsedWebhook {
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
  const delivery: Webhook = {
    source,
    receiver,
    groupKey,
    externalURL,
    truncatedAlerts,
    alerts: [],
    rejected: [],
  };
  for (const [index, candidate] of parsed.data.alerts.entries()) {
    const alert = parseAlert(source, candidate, parsed.data.status);
    if (typeof alert === 'string') delivery.rejected.push({ index, reason: alert });
    else delivery.alerts.push(alert);
  }
  return { kind: 'delivery', delivery };
}

/** The alert, or one sentence why it cannot be one. */
function parseAlert(source: string, candidate: unknown, groupStatus: unknown): Alert | string {
  const parsed = webhookAlertSchema.safeParse(candidate);
  if (!parsed.success) return sentenceOf(parsed.error.issues[0], 'the alert');
  const { labels, annotations, generatorURL } = parsed.data;
  const startsAt = instantOf(parsed.data.startsAt);
  const endsAt = instantOf(parsed.data.endsAt);
  const status = statusOf(parsed.data.status) ?? statusOf(groupStatus) ?? impliedStatus(parsed.data, endsAt);
  if (status === undefined) return 'status must be "firing" or "resolved"';
  return {
    source,
    fingerprint: readFingerprint(parsed.data),
    status,
    labels,
    annotations,
    startsAt,
    // Alertmanager writes year 1 while it fires; whatever stands there, it has not ended.
    endsAt: status === 'firing' ? 0 : endsAt,
    generatorURL,
  };
}

function statusOf(value: unknown): AlertStatus | undefined {
  if (value === 'firing' || value === 'resolved') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'firing' || word === 'resolved' ? word : undefined;
}

/** Where nothing is said of the status, an alert that has an end has ended. A word that nobody knows says something. */
function impliedStatus({ status }: WebhookAlert, endsAt: Millis): AlertStatus | undefined {
  if (status !== undefined && status !== null) return undefined;
  return endsAt === NOT_SAID ? 'firing' : 'resolved';
}

function instantOf(value: unknown): Millis {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return NOT_SAID;
  return Math.max(NOT_SAID, Date.parse(value) || NOT_SAID);
}

function pathOf(issue: Issue | undefined): string {
  return clip((issue?.path ?? []).map(String).join('.'), MAX_PATH);
}

/** `labels is missing`; `whole` stands for the path where the value itself is at fault. */
function sentenceOf(issue: Issue | undefined, whole: string): string {
  return `${pathOf(issue) || whole} ${issue?.message ?? 'is not as expected'}`;
}
