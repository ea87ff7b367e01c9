import { clip } from '../shared/clip.ts';
import { parseJsonObject } from '../shared/parse-json-object.ts';
import type { Millis } from '../shared/time.ts';
import type { Alert, AlertStatus, GrafanaLinks, Webhook } from './alert.ts';
import { readFingerprint } from './fingerprint.ts';
import { type WebhookAlert, webhookAlertSchema, webhookSchema } from './webhook-schema.ts';

export type ParsedWebhook =
  | { kind: 'webhook'; webhook: Webhook }
  /** `path` names the field that made the body unreadable; empty for the body itself. */
  | { kind: 'malformed'; path: string; reason: string };

type Issue = { path: PropertyKey[]; message: string };

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const grafanaLinks = ['silenceURL', 'dashboardURL', 'panelURL'] as const;
/** Replaces a time that is absent, unreadable, or before 1970, such as Go's zero time. */
const NO_TIME = 0;
/** A label name can be as long as the body, but a sentence must stay short. */
const MAX_PATH = 200;

/** Reads a webhook body. Refuses the whole body only when it has no list of alerts. */
export function parseWebhook(source: string, body: string): ParsedWebhook {
  const read = parseJsonObject(body);
  if (read.kind === 'refused') return { kind: 'malformed', path: '', reason: `the body ${read.what}` };
  const parsed = webhookSchema.safeParse(read.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'malformed', path: formatPath(issue), reason: formatIssue(issue, 'the body') };
  }
  const { receiver, groupKey, externalURL, truncatedAlerts, orgId } = parsed.data;
  const webhook: Webhook = {
    source,
    receiver,
    groupKey,
    externalURL,
    sentBy: isPresent(orgId) || parsed.data.alerts.some(hasGrafanaLink) ? 'grafana' : undefined,
    truncatedAlerts,
    alerts: [],
    rejected: [],
  };
  for (const [index, candidate] of parsed.data.alerts.entries()) {
    const alert = parseAlert(source, candidate, parsed.data.status);
    if (typeof alert === 'string') webhook.rejected.push({ index, reason: alert });
    else webhook.alerts.push(alert);
  }
  return { kind: 'webhook', webhook };
}

/** Versions of Grafana that name no organisation still offer a page to silence the alert. */
function hasGrafanaLink(candidate: unknown): boolean {
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    grafanaLinks.some((name) => isPresent(Reflect.get(candidate, name)))
  );
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The alert, or one sentence why it is refused. */
function parseAlert(source: string, candidate: unknown, groupStatus: unknown): Alert | string {
  const parsed = webhookAlertSchema.safeParse(candidate);
  if (!parsed.success) return formatIssue(parsed.error.issues[0], 'the alert');
  const { labels, annotations, generatorURL } = parsed.data;
  const startsAt = parseTime(parsed.data.startsAt);
  const endsAt = parseTime(parsed.data.endsAt);
  const status =
    readStatus(parsed.data.status) ?? readStatus(groupStatus) ?? inferStatus(parsed.data, endsAt);
  if (status === undefined) return 'status must be "firing" or "resolved"';
  return {
    source,
    fingerprint: readFingerprint(parsed.data),
    status,
    labels,
    annotations,
    startsAt,
    // A firing alert has no end: Alertmanager writes year 1, others write something else.
    endsAt: status === 'firing' ? 0 : endsAt,
    generatorURL,
    ...pickGrafanaLinks(parsed.data),
  };
}

function pickGrafanaLinks(alert: WebhookAlert): GrafanaLinks {
  return Object.fromEntries(
    grafanaLinks.flatMap((name) => (alert[name] === '' ? [] : [[name, alert[name]]])),
  );
}

function readStatus(value: unknown): AlertStatus | undefined {
  if (value === 'firing' || value === 'resolved') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'firing' || word === 'resolved' ? word : undefined;
}

/** Without a status, an alert that has an end is resolved. An unknown status is refused. */
function inferStatus({ status }: WebhookAlert, endsAt: Millis): AlertStatus | undefined {
  if (status !== undefined && status !== null) return undefined;
  return endsAt === NO_TIME ? 'firing' : 'resolved';
}

function parseTime(value: unknown): Millis {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return NO_TIME;
  return Math.max(NO_TIME, Date.parse(value) || NO_TIME);
}

function formatPath(issue: Issue | undefined): string {
  return clip((issue?.path ?? []).map(String).join('.'), MAX_PATH);
}

/** `labels is missing`; `whole` replaces the path if the value itself is wrong. */
function formatIssue(issue: Issue | undefined, whole: string): string {
  return `${formatPath(issue) || whole} ${issue?.message ?? 'is not as expected'}`;
}
