import fc from 'fast-check';
import type { Alert } from '../../../lib/core/alert/alert.ts';
import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';
import { groupAlerts } from '../../../lib/core/grouping/group-alerts.ts';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { IncidentEvent } from '../../../lib/core/incident/event.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { transition } from '../../../lib/core/incident/state-machine/transition.ts';
import { composeNotice } from '../../../lib/core/notice/compose.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog, runbook } from '../factories/catalog.ts';
import { incidentPolicy } from '../harness/incident-scenario.ts';
import { hostileText } from './arbitrary-notice.ts';

const OPENED = Date.UTC(2026, 10, 24, 3, 12, 7);
/** Start times: correct, absent, an hour ahead, always the same. */
const ODD_TIMES = [OPENED - MINUTE, 0, OPENED + HOUR, Date.UTC(9999, 11, 31)];
const known = catalog({}, [runbook()]);

/**
 * A notice for any reason about an incident that the state machine opened from so many hostile alerts: annotations of
 * up to 100 kB, every script and control character.
 */
export function noticeOfHostileAlerts(counts: fc.Arbitrary<number>): fc.Arbitrary<Notice> {
  return fc
    .record({
      count: counts,
      texts: fc.array(hostileText, { minLength: 4, maxLength: 12 }),
      reason: fc.constantFrom(...noticeReasons),
      resolved: fc.boolean(),
      ping: fc.boolean(),
      tier: fc.constantFrom(1 as const, 2 as const, 3 as const),
      by: hostileText,
    })
    .map(({ count, texts, reason, resolved, ping, tier, by }) => {
      const alerts = Array.from({ length: count }, (_, index) => hostileAlert(index, texts));
      const [entry] = groupAlerts(known, alerts, { externalURL: 'http://alertmanager.example' });
      if (entry === undefined) throw new Error('no alert came of it');
      const events: IncidentEvent[] = [
        { type: 'received', identity: entry.identity, alerts: entry.alerts },
        { type: 'acknowledged', by, note: by },
        ...(resolved
          ? [
              {
                type: 'received' as const,
                identity: entry.identity,
                alerts: entry.alerts.map((alert) => ({
                  ...alert,
                  status: 'resolved' as const,
                  endsAt: ODD_TIMES[count % ODD_TIMES.length] ?? 0,
                })),
              },
            ]
          : []),
      ];
      const { incident, effect } = live(events);
      return composeNotice({
        incident,
        details: entry.alerts.map(({ detail }) => detail),
        runbook: runbook({ response: texts.map((text) => ({ text })) }),
        cause: { ...effect, reason, ping, tier, unverified: by },
        notified: { names: texts, acknowledgeBy: OPENED, next: { tier: 3, at: OPENED } },
        now: OPENED + 5 * MINUTE,
      });
    });
}

function live(events: IncidentEvent[]): { incident: Incident; effect: Effect } {
  let incident: Incident | undefined;
  let last: Effect | undefined;
  for (const [minute, event] of events.entries()) {
    const next = transition(incident, event, OPENED + minute * MINUTE, incidentPolicy());
    incident = next.incident;
    last = next.effects.at(-1) ?? last;
  }
  if (incident === undefined || last === undefined) throw new Error('nothing happened');
  return { incident, effect: last };
}

function hostileAlert(index: number, texts: string[]): Alert {
  const pick = (offset: number) => texts[(index + offset) % texts.length] ?? '';
  // Every label is hashed with the others; a hundred kilobytes of each would test only the hash.
  const label = (offset: number) => pick(offset).slice(0, 300);
  const labels = { alertname: 'DatabaseConnectionPoolCritical', pod: `${label(0)}${index}`, zone: label(1) };
  return {
    source: pick(2),
    fingerprint: computeFingerprint(labels),
    status: 'firing',
    labels,
    annotations: { summary: pick(3), description: pick(1) },
    startsAt: ODD_TIMES[index % ODD_TIMES.length] ?? 0,
    endsAt: 0,
    generatorURL: `http://prometheus.example/?q=${index}`,
  };
}
