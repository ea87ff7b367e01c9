import type { IncidentIdentity } from '../../grouping/observed-alert.ts';
import { clip } from '../../shared/clip.ts';
import type { Millis } from '../../shared/time.ts';
import { type AlertState, mayAlertFire } from '../alert-state.ts';
import { INCIDENT_SCHEMA, type Incident, type Resolution } from '../incident.ts';
import { MAX_CARRIED_OVER_ALERTS } from '../limits.ts';
import type { Draft } from './draft.ts';
import { recordSeverityEnds } from './severity.ts';

const MAX_NAME = 512;

/** An episode before its first version, in which nothing has fired yet. */
export function createEpisode(
  identity: IncidentIdentity,
  previous: Incident | undefined,
  now: Millis,
): Incident {
  const episode = (previous?.episode ?? 0) + 1;
  return {
    schema: INCIDENT_SCHEMA,
    id: `${identity.key}.${episode}`,
    key: identity.key,
    episode,
    version: 0,
    source: identity.source,
    alertname: clip(identity.alertname, MAX_NAME),
    group: Object.fromEntries(
      Object.entries(identity.group).map(([label, value]) => [label, clip(value, MAX_NAME)]),
    ),
    category: identity.category,
    externalURL: clip(identity.externalURL, MAX_NAME),
    sentBy: identity.sentBy,
    endsAfter: identity.endsAfter,
    status: 'resolved',
    resolution: 'alerts',
    neverFired: true,
    severity: 'info',
    severityHistory: [],
    openedAt: now,
    resolvedAt: now,
    lastSeenAt: now,
    alerts: previous ? carryOver(previous.alerts) : [],
    overflow: 0,
    tiers: { clockStartedAt: now, highest: 1, pages: [] },
    paging: { lastAt: 0, reminded: false },
    flapping: { reopenedAt: [] },
    reconcile: {},
    firings: previous?.firings ?? [],
    watchedValues: {},
    effects: [],
  };
}

/**
 * Ended alerts of earlier episodes, newest first up to a limit, so that a late report about them is not news
 * (docs/rules.md#rule-5).
 */
function carryOver(alerts: AlertState[]): AlertState[] {
  return alerts
    .filter((alert) => !mayAlertFire(alert))
    .toSorted((a, b) => Math.max(b.endsAt, b.startsAt) - Math.max(a.endsAt, a.startsAt))
    .slice(0, MAX_CARRIED_OVER_ALERTS)
    .map((alert) => ({ ...alert, joinedSeq: 0 }));
}

/** Ends an episode, and drops everything that depends on its firing. Flapping survives a resolve. */
export function endEpisode(draft: Draft, resolution: Resolution): void {
  const { incident, now } = draft;
  incident.status = 'resolved';
  incident.resolution = resolution;
  incident.resolvedAt = now;
  recordSeverityEnds(draft, undefined);
  delete incident.truncation;
  delete incident.paging.due;
  delete incident.reconcile.unconfirmedSince;
  delete incident.reconcile.pausedSince;
  delete incident.reconcile.missingRoundAt;
}

/** Neither flaps nor waits for the end of it any more; that it did stays on record. */
export function stopFlapping({ incident }: Draft): void {
  const { reopenedAt, ever } = incident.flapping;
  incident.flapping = { reopenedAt, ever };
}
