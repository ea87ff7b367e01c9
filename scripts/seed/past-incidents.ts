import type { Alert } from '../../lib/core/alert/alert.ts';
import { computeFingerprint, formatIdentity } from '../../lib/core/alert/fingerprint.ts';
import { groupAlerts } from '../../lib/core/grouping/group-alerts.ts';
import { mapSeverity } from '../../lib/core/grouping/map-severity.ts';
import type { AlertState } from '../../lib/core/incident/alert-state.ts';
import { INCIDENT_SCHEMA, type Incident, type TierPages } from '../../lib/core/incident/incident.ts';
import { findRunbook } from '../../lib/core/runbook/find-runbook.ts';
import type { Tier } from '../../lib/core/runbook/policy.ts';
import { type RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import type { Severity } from '../../lib/core/shared/severity.ts';
import { HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { type AlertKind, alertKinds, people, sources } from './alert-kinds.ts';
import { pastTimes } from './past-times.ts';
import { createRandom, type Random } from './random.ts';

/** A past incident, and its alerts, for its child items. */
export type PastIncident = { incident: Incident; alerts: Alert[] };

export type PastOptions = { now: Millis; seed: number; catalog: RunbookCatalog; count: number };

const EXTERNAL_URL = 'http://alertmanager.example:9093';
/** Episodes count down from here, so that the length of a history changes nothing about its newest incidents. */
const NEWEST_EPISODE = 9_999;
/** Some of this many newest incidents are still open. */
const MAY_BE_OPEN = 400;
/** How long tick ignores the open ones. */
const NOTHING_DUE_FOR = 6 * HOUR;

/**
 * A plausible history, the newest incident first. The same options give the same incidents, and a larger count the same
 * and older ones. Two incidents of one key follow each other, like real ones.
 */
export function* pastIncidents(options: PastOptions): Generator<PastIncident> {
  const random = createRandom(options.seed);
  const newerOf = new Map<string, { episode: number; openedAt: Millis }>();
  let count = 0;
  let storm: { number: number; source: string; left: AlertKind[] } | undefined;

  const subjects = new Map<string, ReturnType<typeof groupAlerts>[number]['identity'] | undefined>();
  function subjectOf({ alertname }: AlertKind, source: string, alerts: Alert[]) {
    const name = `${source} ${alertname}`;
    if (!subjects.has(name)) {
      subjects.set(name, groupAlerts(options.catalog, alerts, { externalURL: EXTERNAL_URL })[0]?.identity);
    }
    return subjects.get(name);
  }

  for (const { openedAt, storm: number } of pastTimes(options.now, random)) {
    if (count >= options.count) return;
    let source: string = random.weighted(sources).source;
    let kind = random.weighted(alertKinds);
    if (number !== undefined) {
      // One cause at one source: each of its alerts once.
      if (storm?.number !== number) storm = { number, source, left: shuffled(alertKinds, random) };
      source = storm.source;
      kind = storm.left.pop() ?? kind;
    }
    const alerts = alertsOf(kind, source, openedAt, random);
    const subject = subjectOf(kind, source, alerts);
    if (subject === undefined) continue;
    const newer = newerOf.get(subject.key);
    // Less than a minute before the next one of its key: that would have been the same incident.
    if (newer !== undefined && newer.openedAt - openedAt < 2 * MINUTE) continue;
    const episode = newer === undefined ? NEWEST_EPISODE : newer.episode - 1;
    newerOf.set(subject.key, { episode, openedAt });
    const course = courseOf(
      options,
      { kind, openedAt, newer: newer?.openedAt, mayBeOpen: count < MAY_BE_OPEN },
      random,
    );
    count += 1;
    yield pastIncident({ ...subject, episode }, alerts, course, options.now);
  }
}

/** How an incident ended. */
type Course = {
  severity: Severity;
  openedAt: Millis;
  resolvedAt?: Millis;
  acknowledged?: { at: Millis; by: string };
  flapped: boolean;
  tier: Tier;
};

function courseOf(
  { now, catalog }: PastOptions,
  which: { kind: AlertKind; openedAt: Millis; newer: Millis | undefined; mayBeOpen: boolean },
  random: Random,
): Course {
  const { kind, openedAt, newer } = which;
  const labels: Record<string, string> = kind.severity ? { severity: kind.severity } : {};
  const severity = mapSeverity(catalog, findRunbook(catalog, kind.alertname), labels);
  const ended = openedAt + Math.max(MINUTE, random.around(kind.lasts * MINUTE));
  // Only one incident of a key can be open at a time.
  const latest = newer === undefined ? ended : Math.min(ended, newer - MINUTE);
  const stays = random.chance(0.25);
  const open = newer === undefined && which.mayBeOpen && (latest > now || stays);
  const resolvedAt = open ? undefined : Math.floor(Math.min(latest, now - 1));
  const lasted = (resolvedAt ?? now) - openedAt;

  const likely = { critical: 0.88, warning: 0.55, info: 0.06 }[severity];
  const after = Math.floor(random.around((severity === 'critical' ? 5 : 17) * MINUTE));
  const by = random.pick(people);
  const acknowledged = random.chance(likely) && after < lasted ? { at: openedAt + after, by } : undefined;
  const flapped = random.chance(0.03);
  const tier = severity === 'critical' ? tierAfter(lasted) : 1;
  return {
    severity,
    openedAt,
    flapped,
    tier,
    resolvedAt,
    acknowledged,
  };
}

function tierAfter(lasted: Millis): Tier {
  if (lasted >= HOUR) return 3;
  return lasted >= 30 * MINUTE ? 2 : 1;
}

function alertsOf(kind: AlertKind, source: string, openedAt: Millis, random: Random): Alert[] {
  const count = 1 + random.below(Math.min(3, kind.values.length));
  return kind.values.slice(0, count).map((value) => {
    const labels = {
      alertname: kind.alertname,
      ...(kind.severity && { severity: kind.severity }),
      [kind.label]: value,
      namespace: 'cryptofunk',
    };
    return {
      source,
      labels,
      fingerprint: computeFingerprint(labels),
      status: 'firing',
      annotations: { summary: `${kind.alertname} at ${value}` },
      startsAt: openedAt - 30_000,
      endsAt: 0,
      generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    };
  });
}

type Subject = Pick<Incident, 'key' | 'source' | 'alertname' | 'group' | 'externalURL' | 'episode'> & {
  category?: string | undefined;
};

function pastIncident(
  { category, ...subject }: Subject,
  alerts: Alert[],
  course: Course,
  now: Millis,
): PastIncident {
  const { severity, openedAt, resolvedAt, acknowledged, flapped, tier } = course;
  const ack = acknowledged && { ...acknowledged, asOf: 1, severity };
  const interrupts = severity === 'info' ? 0 : 1;
  const incident: Incident = {
    ...subject,
    schema: INCIDENT_SCHEMA,
    id: `${subject.key}.${subject.episode}`,
    category,
    version: 2 + (ack ? 1 : 0) + (resolvedAt === undefined ? 0 : 1),
    status: resolvedAt === undefined ? 'open' : 'resolved',
    neverFired: false,
    severity,
    severityHistory: [{ seq: 1, severity }],
    openedAt,
    resolvedAt,
    resolution: resolvedAt === undefined ? undefined : ('alerts' as const),
    lastSeenAt: resolvedAt ?? now,
    alerts: alerts.map((alert) => stateOf(alert, severity, resolvedAt)),
    overflow: 0,
    ...(ack && { ack, firstAcknowledgedAt: ack.at }),
    tiers: { clockStartedAt: openedAt, highest: tier, pages: pagesUpTo(tier, openedAt) },
    paging: {
      counts: interrupts === 0 ? undefined : [1 + (ack ? 0 : 1), tier > 1 ? 1 : 0, tier > 2 ? 1 : 0],
      lastAt: openedAt,
      reminded: true,
    },
    flapping: { reopenedAt: [], ever: flapped ? true : undefined },
    reconcile: {},

    firings: [],
    watchedValues: {},
    effects: [],
    nextDueAt: resolvedAt === undefined ? now + NOTHING_DUE_FOR : undefined,
  };
  return { incident, alerts };
}

function pagesUpTo(highest: Tier, openedAt: Millis): TierPages[] {
  const called = ([1, 2, 3] as const).filter((tier) => tier <= highest);
  return called.map((tier) => {
    const at = openedAt + (tier - 1) * 30 * MINUTE;
    return { tier, firstAt: at, lastAt: at };
  });
}

function stateOf(alert: Alert, severity: Severity, resolvedAt: Millis | undefined): AlertState {
  return {
    fingerprint: alert.fingerprint,
    identity: formatIdentity(alert.labels),
    severity,
    state: resolvedAt === undefined ? 'firing' : 'resolved',
    startsAt: alert.startsAt,
    endsAt: resolvedAt ?? 0,
    joinedSeq: 1,
  };
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((value) => ({ value, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
