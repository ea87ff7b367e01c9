import type { Alert, AlertDetail } from '../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import { groupAlerts } from '../../lib/core/grouping/group-alerts.ts';
import type { Effect } from '../../lib/core/incident/effect-schema.ts';
import type { IncidentEvent } from '../../lib/core/incident/event.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { transition } from '../../lib/core/incident/state-machine/transition.ts';
import { findPolicy } from '../../lib/core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import type { Severity } from '../../lib/core/shared/severity.ts';
import { MINUTE, type Millis, SECOND } from '../../lib/core/shared/time.ts';

/** A notice: its effect, and the incident at that time. */
export type TimelineItemBase = { effect: Effect; incident: Incident; details: AlertDetail[]; at: Millis };

/** An incident that lives through its events, minute by minute, like a deployed one. */
type Life = {
  fires(minute: number, alerts: Alert[], more?: { since?: number; severity?: Severity }): void;
  ends(minute: number, alerts: Alert[]): void;
  acknowledged(minute: number): void;
  /** Minutes pass; Alertmanager answers with these alerts, or with none, or cannot be asked. */
  passes(from: number, to: number, active: Alert[] | 'down'): void;
};

/** Plays an incident's life and returns its notices, in order. `opened` is minute 0. */
export function playMoments(
  catalog: RunbookCatalog,
  opened: Millis,
  externalURL: string,
  live: (life: Life) => void,
): TimelineItemBase[] {
  const notified: TimelineItemBase[] = [];
  const details: AlertDetail[] = [];
  let incident: Incident | undefined;

  function play(minute: number, event: IncidentEvent, alertname: string): void {
    const at = opened + minute * MINUTE;
    const next = transition(incident, event, at, findPolicy(catalog, alertname));
    // Published effects leave the incident before any notice is sent.
    incident = next.incident && { ...next.incident, effects: [] };
    for (const effect of next.effects) {
      details.push(...effect.details);
      if (effect.kind === 'notify' && incident)
        notified.push({ effect, incident, details: [...details], at });
    }
  }

  live(
    createLife(opened, {
      received(minute, alerts) {
        for (const { identity, alerts: observed } of groupAlerts(catalog, alerts, { externalURL })) {
          play(minute, { type: 'received', identity, alerts: observed }, identity.alertname);
        }
      },
      happened(minute, event) {
        if (incident) play(minute, event, incident.alertname);
      },
    }),
  );
  return notified;
}

type Occurrences = {
  received(minute: number, alerts: Alert[]): void;
  happened(minute: number, event: IncidentEvent): void;
};

/** Says what a life is made of as events of an incident. `opened` is minute 0. */
function createLife(opened: Millis, { received, happened }: Occurrences): Life {
  const began = new Map<string, Millis>();
  return {
    fires(minute, alerts, { since = minute, severity } = {}) {
      const startsAt = opened + since * MINUTE - 30 * SECOND;
      const seen = severity === undefined ? alerts : alerts.map((alert) => withSeverity(alert, severity));
      for (const { fingerprint } of seen) began.set(fingerprint, startsAt);
      received(
        minute,
        seen.map((alert) => ({ ...alert, startsAt })),
      );
    },
    ends(minute, alerts) {
      const endsAt = opened + minute * MINUTE - 20 * SECOND;
      received(
        minute,
        alerts.map((alert) => ({
          ...alert,
          status: 'resolved',
          startsAt: began.get(alert.fingerprint) ?? opened,
          endsAt,
        })),
      );
    },
    acknowledged: (minute) => happened(minute, { type: 'acknowledged', by: 'Ana', note: 'looking at it' }),
    passes(from, to, active) {
      const why = 'alertmanager: connection refused';
      for (let minute = from; minute <= to; minute += 1) {
        if (active === 'down') {
          happened(minute, { type: 'tick', unverified: why });
          continue;
        }
        const answer = active.map(({ fingerprint }) => fingerprint);
        happened(minute, {
          type: 'reconciled',
          alertmanagerStatus: { kind: 'answer', active: answer, suppressed: [] },
        });
        happened(minute, { type: 'tick' });
      }
    },
  };
}

/** The same alert under another severity, which is another fingerprint. */
export function withSeverity(alert: Alert, severity: Severity): Alert {
  const labels = { ...alert.labels, severity };
  return { ...alert, labels, fingerprint: computeFingerprint(labels) };
}
