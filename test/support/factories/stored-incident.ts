import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import type { AlertState } from '../../../lib/core/incident/alert-state.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { HOUR } from '../../../lib/core/shared/time.ts';

/** 2026-11-24 03:00 UTC. */
export const STORED_AT = Date.UTC(2026, 10, 24, 3);

/** A new key for each call, so that tests can share one table. */
export function randomKey(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 24);
}

export function storedAlert(overrides: Partial<AlertState> = {}): AlertState {
  return {
    fingerprint: '00ff00ff00ff00ff',
    identity: 'abcdef012345',
    severity: 'critical',
    state: 'firing',
    startsAt: STORED_AT,
    endsAt: 0,
    joinedSeq: 1,
    ...overrides,
  };
}

type Grouped = 'paging' | 'tiers' | 'flapping' | 'reconcile';

/** What a test sets of an incident; of a group, only what differs. */
export type IncidentChange = Partial<Omit<Incident, Grouped>> & {
  [Group in Grouped]?: Partial<Incident[Group]>;
};

/** An open incident as stores hold it. `id` follows from `key` and `episode`. */
export function storedIncident(overrides: IncidentChange = {}): Incident {
  const key = overrides.key ?? randomKey();
  const episode = overrides.episode ?? 1;
  return {
    schema: 1,
    id: `${key}.${episode}`,
    key,
    episode,
    version: 1,
    source: 'prod',
    alertname: 'HighErrorRate',
    group: { service: 'api' },
    externalURL: 'http://alertmanager.example:9093',
    status: 'open',
    neverFired: false,
    severity: 'critical',
    severityHistory: [{ seq: 1, severity: 'critical' }],
    openedAt: STORED_AT,
    lastSeenAt: STORED_AT,
    alerts: [storedAlert()],
    overflow: 0,
    firings: [{ fingerprint: '00ff00ff00ff00ff', startsAt: STORED_AT }],
    watchedValues: {},
    effects: [],
    nextDueAt: STORED_AT + HOUR,
    ...overrides,
    paging: { lastAt: STORED_AT, reminded: false, ...overrides.paging },
    tiers: { clockStartedAt: STORED_AT, highest: 1, pages: [], ...overrides.tiers },
    flapping: { reopenedAt: [], ...overrides.flapping },
    reconcile: { ...overrides.reconcile },
  };
}

export function storedEffect(
  incident: Pick<Incident, 'id'>,
  seq: number,
  overrides: Partial<Effect> = {},
): Effect {
  return {
    id: `${incident.id}:${seq}`,
    kind: 'notify',
    seq,
    at: STORED_AT + seq,
    reason: 'opened',
    ping: true,
    tier: 1,
    tiers: [1],
    summary: 'One alert started to fire.',
    details: [],
    ...overrides,
  };
}

export function storedDetail(fingerprint: string, overrides: Partial<AlertDetail> = {}): AlertDetail {
  return {
    fingerprint,
    labels: { alertname: 'HighErrorRate', pod: `api-${fingerprint}` },
    annotations: { summary: 'Errors over 5 %' },
    generatorURL: '',
    startsAt: STORED_AT,
    ...overrides,
  };
}

export function storedDiagnosis(
  incidentId: string,
  seq: number,
  overrides: Partial<Diagnosis> = {},
): Diagnosis {
  return {
    schema: 1,
    id: `${incidentId}:${seq}`,
    incidentId,
    seq,
    reason: 'opened',
    startedAt: STORED_AT + seq,
    finishedAt: STORED_AT + seq + 40,
    findings: [],
    commands: [],
    ...overrides,
  };
}
