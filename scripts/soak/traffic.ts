import { computeFingerprint } from '../../lib/core/alert/fingerprint.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { addMaintenance } from '../../lib/flow/maintenance/maintenances.ts';
import { webhookAlert } from '../../test/support/factories/webhook.ts';
import type { SoakSystem } from './soak-system.ts';

/** Incidents on an ordinary day. */
const A_DAY = 60;
/** So many alertnames, so that an incident of a name is over long before the next one. */
const NAMES = 150;
const IN_A_STORM = 40;

type Act = () => Promise<unknown>;
/** What is still to happen, by the minute. */
export type Traffic = { planDay(day: number, from: Millis): void; happen(minute: Millis): Promise<void> };

/** A source's alerts: what fires is what its Alertmanager would list. */
type Source = {
  at(when: Millis, act: Act): void;
  /** Returns the id of its incident. */
  fire(alertname: string, labels: Record<string, string>, startsAt: Millis): Promise<string>;
  resolve(alertname: string, labels: Record<string, string>, startsAt: Millis): Promise<void>;
  /** It ends, and no webhook says so. */
  vanish(alertname: string, labels: Record<string, string>): void;
  soak: SoakSystem;
};

/** Ten kinds of incidents in turn, a storm a week, maintenances, heartbeats and unreadable bodies: the same every week. */
export function createTraffic(soak: SoakSystem): Traffic {
  const plans = new Map<Millis, Act[]>();
  const source = createSource(soak, (when, act) => {
    const minute = Math.floor(when / MINUTE) * MINUTE;
    plans.set(minute, [...(plans.get(minute) ?? []), act]);
  });
  return {
    planDay(day, from) {
      for (let n = 0; n < A_DAY; n += 1) {
        const at = from + Math.floor((n * DAY) / A_DAY);
        source.at(at, () => playIncident(source, day * A_DAY + n, at));
      }
      planHeartbeats(source, from, day % 7 === 6);
      if (day % 7 === 2) planStorm(source, from + 12 * HOUR);
      if (day % 3 === 1) planMaintenance(source, day, from + 15 * HOUR);
      source.at(from + 8 * HOUR, async () => {
        await soak.system.receive([], `{"alerts": unreadable ${day}`);
      });
    },
    async happen(minute) {
      const acts = plans.get(minute) ?? [];
      plans.delete(minute);
      for (const act of acts) await act();
    },
  };
}

function createSource(soak: SoakSystem, at: Source['at']): Source {
  const { system } = soak;
  const active = new Set<string>();
  const fingerprintOf = (alertname: string, labels: Record<string, string>) =>
    computeFingerprint({ alertname, severity: 'critical', ...labels });
  async function receive(alert: Record<string, unknown>): Promise<string> {
    system.alertmanager = [...active];
    const result = await system.receive([alert]);
    if (result.kind !== 'accepted') throw new Error('a webhook was not accepted');
    for (const { id } of result.incidents) soak.incidentIds.add(id);
    return result.incidents[0]?.id ?? '';
  }
  return {
    at,
    soak,
    async fire(alertname, labels, startsAt) {
      active.add(fingerprintOf(alertname, labels));
      return receive(webhookAlert({ alertname, labels, startsAt }));
    },
    async resolve(alertname, labels, startsAt) {
      active.delete(fingerprintOf(alertname, labels));
      await receive(webhookAlert({ alertname, labels, startsAt, status: 'resolved', endsAt: system.now }));
    },
    vanish(alertname, labels) {
      active.delete(fingerprintOf(alertname, labels));
      system.alertmanager = [...active];
    },
  };
}

/** The n-th incident: it fires now, and what becomes of it is planned. */
async function playIncident(source: Source, n: number, start: Millis): Promise<void> {
  const { at, soak } = source;
  const { system } = soak;
  const name = `Soak${n % NAMES}`;
  const labels = { severity: ['critical', 'warning', 'info'][n % 3] ?? 'info', pod: `pod-${n % 7}` };
  const fire = (more = {}) => source.fire(name, { ...labels, ...more }, start);
  const ends = (minutes: number, more = {}) =>
    at(start + minutes * MINUTE, () => source.resolve(name, { ...labels, ...more }, start));
  const kind = n % 10;
  // Slack does not answer at first.
  if (kind === 9) system.slack.script('hang', { kind: 'retryable', reason: 'unavailable', detail: '503' });
  const id = await fire();
  if (kind === 6) {
    at(start + 20 * MINUTE, async () => source.vanish(name, labels));
    return;
  }
  ends([7, 40, 25, 16, 50, 12, 0, 180, 30, 25][kind] ?? 10);
  if (kind === 1) for (let m = 5; m < 40; m += 5) at(start + m * MINUTE, () => fire());
  if (kind === 2) {
    for (let m = 1; m < 6; m += 1) {
      at(start + m * MINUTE, () => fire({ pod: `more-${m}` }));
      ends(10 + m, { pod: `more-${m}` });
    }
  }
  if (kind === 3) {
    for (let m = 2; m < 16; m += 4) {
      ends(m);
      at(start + (m + 2) * MINUTE, () => source.fire(name, labels, start + (m + 2) * MINUTE));
    }
    at(start + 20 * MINUTE, () => source.resolve(name, labels, start + 16 * MINUTE));
  }
  if (kind === 4) at(start + 4 * MINUTE, () => system.acknowledge(id));
  if (kind === 5) at(start + 10 * MINUTE, () => system.resolve(id));
  if (kind === 7) for (let m = 30; m < 180; m += 30) at(start + m * MINUTE, () => fire());
  if (kind === 8) {
    at(start + 5 * MINUTE, () => source.fire(name, { ...labels, severity: 'critical' }, start));
    ends(30, { severity: 'critical' });
  }
}

/** Every five minutes; on some days nothing comes for 25. */
function planHeartbeats({ at, soak }: Source, from: Millis, withGap: boolean): void {
  for (let when = from; when < from + DAY; when += 5 * MINUTE) {
    if (withGap && when >= from + 9 * HOUR && when < from + 9 * HOUR + 25 * MINUTE) continue;
    at(when, async () => {
      const alert = webhookAlert({ alertname: 'Watchdog', labels: { severity: 'none' }, startsAt: from });
      await soak.system.receive([alert]);
    });
  }
}

function planStorm(source: Source, start: Millis): void {
  for (let n = 0; n < IN_A_STORM; n += 1) {
    const labels = { severity: 'warning', pod: `pod-${n}` };
    source.at(start, () => source.fire(`Storm${n}`, labels, start));
    source.at(start + 15 * MINUTE, () => source.resolve(`Storm${n}`, labels, start));
  }
}

function planMaintenance({ at, soak: { system } }: Source, day: number, start: Millis): void {
  at(start, async () => {
    const request = {
      matchers: 'alertname=~"Soak1.*"',
      from: system.now,
      to: system.now + 2 * HOUR,
      by: 'Ana',
      reason: 'upgrade',
    };
    await addMaintenance(system.world, { request, unique: `soak${day}`, now: system.now });
  });
}
