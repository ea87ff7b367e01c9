import { getDeadline } from '../../../lib/core/diagnosis/run-diagnosis.ts';
import { readSeverity } from '../../../lib/core/grouping/map-severity.ts';
import { formatDuration } from '../../../lib/core/notice/document/format-time.ts';
import { redactTexts } from '../../../lib/core/redaction/redact-texts.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import type { Promotion } from '../../../lib/core/runbook/policy.ts';
import type { CountedAs, Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { isHigher, type Severity } from '../../../lib/core/shared/severity.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { firingAlert, openIncidents } from '../command/open-incident.ts';
import { type ExplainedCommand, explainCommands } from './explain-commands.ts';
import { explainPeople, type NotifiedPeople } from './explain-people.ts';
import { type ExplainedStep, explainSteps, type LeftOut } from './explain-steps.ts';

/** Everything that one alert would cause, without any request or notice. */
export type Explanation = {
  alertname: string;
  /** The alert has no runbook of its own. */
  defaultRunbook: boolean;
  source: string;
  labels: Record<string, string>;
  /** Alerts with the same key are one incident. */
  /** The time at which it fires, in this explanation. */
  at: Millis;
  incident: { key: string; group: Record<string, string> };
  /** The noun for several of its alerts in a title. */
  countedAs: CountedAs;
  severity: { value: Severity; why: string; raised: string[] };
  deadlineMs: Millis;
  steps: ExplainedStep[];
  leftOut: LeftOut[];
  commands: ExplainedCommand[];
  notified: NotifiedPeople[];
};

export type ExplainInput = {
  catalog: RunbookCatalog;
  runbook: Runbook;
  isDefault: boolean;
  channels: readonly ChannelRoutes[];
  source: string;
  labels: Record<string, string>;
  now: Millis;
};

/** Takes one alert through every decision before and after the diagnosis, redacted. Pure except for the given clock. */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const { catalog, runbook, channels, source, labels, now } = input;
  const [opened] = openIncidents(catalog, [firingAlert(source, labels, now)], { externalURL: '' }, now);
  if (!opened) throw new Error('an alert that fires opens an incident');
  const { incident, details } = opened;
  const explained = await explainSteps(runbook, { alerts: details, source, now });
  const texts: Omit<Explanation, 'commands'> = {
    alertname: runbook.alertname,
    defaultRunbook: input.isDefault,
    source,
    labels,
    at: now,
    incident: { key: incident.key, group: { alertname: incident.alertname, ...incident.group } },
    countedAs: runbook.countedAs ?? { firing: 'alerts', resolved: 'alerts' },
    severity: {
      value: incident.severity,
      why: whySeverity(catalog, runbook, labels),
      raised: runbook.promotions.filter(({ to }) => isHigher(to, incident.severity)).map(promotionWords),
    },
    deadlineMs: getDeadline(incident.severity),
    ...explained,
    notified: explainPeople(catalog, channels, runbook, opened),
  };
  return { ...redactTexts(texts), commands: explainCommands(runbook, labels) };
}

function whySeverity(catalog: RunbookCatalog, runbook: Runbook, labels: Record<string, string>): string {
  const label = labels['severity']?.trim() ?? '';
  if (label === '') return "the runbook's, because the alert has no severity label";
  const { severity, unknown } = readSeverity(catalog, runbook, labels);
  if (label.toLowerCase() === severity) return "the alert's severity label";
  if (unknown === undefined) return `the severity label ${label} stands for it in severities.yaml`;
  const whose = runbook.isDefault ? '`unknown` of severities.yaml' : "the runbook's";
  return `${whose}, because severities.yaml does not know the severity label ${unknown}`;
}

function promotionWords(promotion: Promotion): string {
  switch (promotion.kind) {
    case 'repeated':
      return `${promotion.to} when it fires ${promotion.count} times within ${formatDuration(promotion.within)}`;
    case 'open-longer':
      return `${promotion.to} when it has been open for ${formatDuration(promotion.after)}`;
    case 'distinct-values':
      return `${promotion.to} when it fires for ${promotion.atLeast} values of ${promotion.label}`;
  }
}
