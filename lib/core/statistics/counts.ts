import type { Diagnosis } from '../diagnosis/findings/finding.ts';
import type { IncidentSummary } from '../history/history.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import { addDuration, mergeSketch, type Sketch } from './sketch.ts';

/** The counted facts of a diagnosis. */
export type DiagnosisCounts = {
  startedAt: Millis;
  /** Steps that ran. */
  checked: number;
  /** Findings that need attention. */
  attention: number;
};

export function countFindings({ startedAt, findings }: Diagnosis): DiagnosisCounts {
  return {
    startedAt,
    checked: findings.length,
    attention: findings.filter(({ verdict }) => verdict === 'attention').length,
  };
}

export type NameCount = { incidents: number; alerts: number };

/** Counts of the incidents opened, and of the diagnoses begun, in one stretch of time. */
export type Counts = {
  incidents: number;
  severities: Record<Severity, number>;
  categories: Map<string, number>;
  alertnames: Map<string, NameCount>;
  /** Incidents whose alertnames exceed the hour's limit. */
  otherAlertnames: NameCount;
  open: number;
  /** Resolved without any acknowledgement. */
  neverAcknowledged: number;
  flapping: number;
  /** Notices meant to interrupt the people of L1, L2 and L3. */
  pages: [number, number, number];
  /** Milliseconds from the opening, of the acknowledged incidents. */
  acknowledged: Sketch;
  /** Milliseconds from the opening, of the resolved incidents. */
  resolved: Sketch;
  diagnoses: number;
  neededAttention: number;
};

/** Of incidents that this system observes itself. */
const UNKNOWN_CATEGORY = 'unknown';

export function createCounts(): Counts {
  return {
    incidents: 0,
    severities: { info: 0, warning: 0, critical: 0 },
    categories: new Map(),
    alertnames: new Map(),
    otherAlertnames: { incidents: 0, alerts: 0 },
    open: 0,
    neverAcknowledged: 0,
    flapping: 0,
    pages: [0, 0, 0],
    acknowledged: new Map(),
    resolved: new Map(),
    diagnoses: 0,
    neededAttention: 0,
  };
}

export function countIncident(counts: Counts, incident: IncidentSummary): void {
  counts.incidents += 1;
  counts.severities[incident.severity] += 1;
  addCategory(counts, incident.category ?? UNKNOWN_CATEGORY, 1);
  addName(counts, incident.alertname, { incidents: 1, alerts: incident.total });
  addPages(counts, incident.pages ?? [0, 0, 0]);
  if (incident.flapped) counts.flapping += 1;

  const { firstAcknowledgedAt } = incident;
  if (firstAcknowledgedAt !== undefined)
    addDuration(counts.acknowledged, firstAcknowledgedAt - incident.openedAt);
  // A silent reopen keeps the time of the announced resolve, but the incident is open (docs/rules.md#rule-5).
  if (incident.status === 'open' || incident.resolvedAt === undefined) counts.open += 1;
  else {
    addDuration(counts.resolved, incident.resolvedAt - incident.openedAt);
    if (firstAcknowledgedAt === undefined) counts.neverAcknowledged += 1;
  }
}

/** A diagnosis without any step that ran does not count. */
export function countDiagnosis(counts: Counts, { checked, attention }: DiagnosisCounts): void {
  if (checked === 0) return;
  counts.diagnoses += 1;
  if (attention > 0) counts.neededAttention += 1;
}

export function mergeCounts(into: Counts, other: Counts): void {
  into.incidents += other.incidents;
  into.severities.info += other.severities.info;
  into.severities.warning += other.severities.warning;
  into.severities.critical += other.severities.critical;
  for (const [category, incidents] of other.categories) addCategory(into, category, incidents);
  for (const [name, count] of other.alertnames) addName(into, name, count);
  addOthers(into, other.otherAlertnames);
  into.open += other.open;
  into.neverAcknowledged += other.neverAcknowledged;
  into.flapping += other.flapping;
  addPages(into, other.pages);
  mergeSketch(into.acknowledged, other.acknowledged);
  mergeSketch(into.resolved, other.resolved);
  into.diagnoses += other.diagnoses;
  into.neededAttention += other.neededAttention;
}

/** Moves these alertnames into the counts without names. */
export function foldNames(counts: Counts, isKept: (alertname: string) => boolean): void {
  for (const [name, count] of counts.alertnames) {
    if (isKept(name)) continue;
    counts.alertnames.delete(name);
    addOthers(counts, count);
  }
}

function addCategory({ categories }: Counts, category: string, incidents: number): void {
  categories.set(category, (categories.get(category) ?? 0) + incidents);
}

function addName({ alertnames }: Counts, name: string, { incidents, alerts }: NameCount): void {
  const known = alertnames.get(name);
  if (known === undefined) {
    alertnames.set(name, { incidents, alerts });
    return;
  }
  known.incidents += incidents;
  known.alerts += alerts;
}

function addOthers({ otherAlertnames }: Counts, { incidents, alerts }: NameCount): void {
  otherAlertnames.incidents += incidents;
  otherAlertnames.alerts += alerts;
}

function addPages({ pages }: Counts, [l1, l2, l3]: Counts['pages']): void {
  pages[0] += l1;
  pages[1] += l2;
  pages[2] += l3;
}
