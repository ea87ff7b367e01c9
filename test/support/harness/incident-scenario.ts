import type { WebhookGroup } from '../../../lib/core/alert/webhook-group.ts';
import type { ObservedAlert } from '../../../lib/core/grouping/observed-alert.ts';
import type { NoticeReason } from '../../../lib/core/incident/effect.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { AlertmanagerStatus, IncidentEvent } from '../../../lib/core/incident/event.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { findNextDue } from '../../../lib/core/incident/state-machine/next-due.ts';
import { type Transition, transition } from '../../../lib/core/incident/state-machine/transition.ts';
import type { IncidentPolicy } from '../../../lib/core/runbook/policy.ts';
import type { Severity } from '../../../lib/core/shared/severity.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';

export function incidentPolicy(change: Partial<IncidentPolicy> = {}): IncidentPolicy {
  return {
    reopenWindow: 10 * MINUTE,
    staleAfter: 8 * HOUR,
    promotions: [],
    escalation: {
      critical: {
        acknowledgeWithin: 15 * MINUTE,
        tiers: [
          { tier: 2, after: 30 * MINUTE },
          { tier: 3, after: 60 * MINUTE },
        ],
        acknowledgeStopsTiers: false,
      },
      warning: { acknowledgeWithin: HOUR, tiers: [], acknowledgeStopsTiers: false },
      info: { tiers: [], acknowledgeStopsTiers: false },
    },
    ...change,
  };
}

type AlertFactory = {
  severity?: Severity;
  identity?: string;
  watchedValue?: string;
};

/** The incident after publishing: no effects, and the next due time without them. */
function publish(incident: Incident, policy: IncidentPolicy): Incident {
  const { nextDueAt: _, ...rest } = incident;
  const handed: Incident = { ...rest, effects: [] };
  const due = findNextDue(handed, policy);
  return due === undefined ? handed : { ...handed, nextDueAt: due };
}

/** An observed alert that fires since `startsAt`. */
export function firing(name: string, startsAt: number, more: AlertFactory = {}): ObservedAlert {
  return observed(name, 'firing', startsAt, 0, more);
}

/** An observed alert that fired from `startsAt` to `endsAt`. */
export function resolved(
  name: string,
  startsAt: number,
  endsAt: number,
  more: AlertFactory = {},
): ObservedAlert {
  return observed(name, 'resolved', startsAt, endsAt, more);
}

function observed(
  name: string,
  status: 'firing' | 'resolved',
  startsAt: number,
  endsAt: number,
  more: AlertFactory,
): ObservedAlert {
  const fingerprint = Buffer.from(name).toString('hex').padStart(16, '0').slice(-16);
  return {
    fingerprint,
    identity: more.identity ?? fingerprint.slice(-12),
    status,
    severity: more.severity ?? 'critical',
    startsAt,
    endsAt,
    watchedValue: more.watchedValue,
    detail: { fingerprint, labels: { instance: name }, annotations: {}, generatorURL: '', startsAt },
  };
}

/** Start of every scenario; alert times and ours are the same clock here unless a test says otherwise. */
export const T0 = Date.UTC(2026, 10, 24, 3, 0, 0);

/**
 * Plays events on one incident key, publishes every effect at once, and remembers the notices. Times are minutes after
 * T0.
 */
export class Scenario {
  incident: Incident | undefined;
  effects: Effect[] = [];
  last: Transition | undefined;
  readonly policy: IncidentPolicy;

  constructor(change: Partial<IncidentPolicy> = {}) {
    this.policy = incidentPolicy(change);
  }

  play(minute: number, event: IncidentEvent): this {
    const result = transition(this.incident, event, T0 + minute * MINUTE, this.policy);
    this.last = result;
    this.effects.push(...result.effects);
    this.incident = result.incident && publish(result.incident, this.policy);
    return this;
  }

  see(minute: number, ...alerts: ObservedAlert[]): this {
    return this.seeGroup(minute, undefined, ...alerts);
  }

  /** A webhook of which Alertmanager cut alerts off, or one of a named group. */
  seeGroup(minute: number, group: Partial<WebhookGroup> | undefined, ...alerts: ObservedAlert[]): this {
    return this.play(minute, {
      type: 'received',
      identity: { key: 'k', source: 'prod', alertname: 'Down', group: {}, externalURL: '' },
      alerts,
      group: { id: 'g', truncated: false, size: alerts.length, ...group },
    });
  }

  fires(minute: number, name: string, more: AlertFactory & { since?: number } = {}): this {
    return this.see(minute, firing(name, T0 + (more.since ?? minute) * MINUTE, more));
  }

  ends(minute: number, name: string, more: AlertFactory & { since?: number; at?: number } = {}): this {
    const startsAt = T0 + (more.since ?? 0) * MINUTE;
    return this.see(minute, resolved(name, startsAt, T0 + (more.at ?? minute) * MINUTE, more));
  }

  acknowledge(minute: number, by = 'Ana', asOf?: number): this {
    return this.play(minute, { type: 'acknowledged', by, asOf });
  }

  resolveByHand(minute: number, by = 'Ana', note?: string): this {
    return this.play(minute, { type: 'resolved-by-hand', by, note });
  }

  reconcile(minute: number, alertmanagerStatus: AlertmanagerStatus): this {
    return this.play(minute, { type: 'reconciled', alertmanagerStatus });
  }

  tick(minute: number, unverified?: string): this {
    return this.play(minute, { type: 'tick', unverified });
  }

  /** A tick a minute, like in a deployment, with an Alertmanager in which exactly `active` fires. */
  run(from: number, to: number, active: string[]): this {
    for (let minute = from; minute <= to; minute += 1) {
      this.reconcile(minute, { kind: 'answer', active: active.map(fingerprintOf), suppressed: [] });
      this.tick(minute);
    }
    return this;
  }

  /** The notices in order: `reason`, or `reason!` if it interrupted people. */
  get notified(): string[] {
    return this.effects
      .filter((effect) => effect.kind === 'notify')
      .map((e) => (e.ping ? `${e.reason}!` : e.reason));
  }

  count(reason: NoticeReason): number {
    return this.effects.filter((effect) => effect.kind === 'notify' && effect.reason === reason).length;
  }
}

export function fingerprintOf(name: string): string {
  return firing(name, 0).fingerprint;
}
