import { type ActiveSet, listActiveOf } from '../../core/diagnosis/alertmanager-status.ts';
import { type AlertGroup, groupAlerts } from '../../core/grouping/group-alerts.ts';
import { extractHeartbeats } from '../../core/heartbeat/heartbeat.ts';
import type { Incident, TruncatedGroup, UnfinishedIntake } from '../../core/incident/incident.ts';
import { findUnfinished, type IntakeProgress, listByPlace } from '../../core/incident/intake-progress.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import { MINUTE, type Millis } from '../../core/shared/time.ts';
import { applyAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { pinIncidentKey } from '../incident/pin-incident-key.ts';
import { mapBounded } from '../shared/map-bounded.ts';

/** Incidents that one tick reads, and that it writes. */
const MAX_READ = 1_000;
const MAX_TAKEN_IN = 200;
const CONCURRENCY = 8;

export type TakeInCutOffPorts = ApplyEventPorts & {
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

export type CutOffIntake = {
  /** Alertmanager is asked for an incident because its webhooks were truncated. */
  note(incident: Incident): void;
  takeIn(stopAt: Millis): Promise<void>;
  /** What `takeIn` did not take in, for an incident that was noted. */
  unfinishedFor(incident: Incident): UnfinishedIntake | undefined;
};

type Pending = {
  source: string;
  externalURL: string;
  receiver: string;
  groups: Map<string, TruncatedGroup>;
  /** The place in the list that an earlier tick has come to. */
  next: string;
};

/**
 * Takes in, for the length of one tick, what a truncated webhook may have cut off of incidents that it does not show:
 * all that Alertmanager lists as active of the same receiver, as if a webhook had told it (docs/adr/0024).
 */
export function createCutOffIntake(
  ports: TakeInCutOffPorts,
  listed: (source: string) => Promise<ActiveSet | undefined>,
): CutOffIntake {
  const pending = new Map<string, Pending>();
  const progress = new Map<string, IntakeProgress>();
  /** Incidents, each with a receiver, that find what was cut off of them in their own answer. */
  const asked = new Set<string>();
  const rest = { read: MAX_READ, takenIn: MAX_TAKEN_IN };

  async function takeInOne(found: AlertGroup, { receiver, groups }: Pending): Promise<void> {
    const entry = await pinIncidentKey(ports, found, ports.clock.now());
    if (asked.has(toName(entry.identity.key, receiver))) return;
    const origin = { listed: [...groups.values()] };
    const { incidents, refused } = await applyAlerts(ports, entry, origin, ports.clock.now());
    rest.takenIn -= incidents.filter(
      ({ outcome }) => outcome !== 'unchanged' && outcome !== 'duplicate',
    ).length;
    // To try these again is of no use, so nothing waits for them.
    for (const each of refused) ports.log.error('an alert that was cut off could not be stored', each);
  }

  async function takeInOf(each: Pending, stopAt: Millis): Promise<IntakeProgress | undefined> {
    const { source, externalURL, receiver } = each;
    const answer = await listed(source);
    if (answer === undefined) return undefined;
    const { alerts } = extractHeartbeats(ports.catalog, source, listActiveOf(source, answer, receiver));
    const entries = listByPlace(groupAlerts(ports.catalog, alerts, externalURL));
    // A list that one tick can read is always read from its most severe on.
    const from = entries.length > MAX_READ ? each.next : '';
    const ahead = entries.filter(({ place }) => place >= from);
    const left: string[] = [];
    let failed = false;
    await mapBounded(ahead, CONCURRENCY, async ({ place, found }) => {
      if (asked.has(toName(found.identity.key, receiver))) return;
      const reads = 1 + found.previousKeys.length;
      if (rest.read < reads || rest.takenIn <= 0 || ports.clock.now() >= stopAt) {
        left.push(place);
        return;
      }
      rest.read -= reads;
      try {
        await takeInOne(found, each);
      } catch (error) {
        failed = true;
        const { alertname } = found.identity;
        ports.log.error('alerts that were cut off could not be applied', { source, alertname, error });
      }
    });
    const next = left.toSorted()[0];
    if (next === undefined) return { from, failed };
    ports.log.warn('alerts that were cut off wait for a later tick', { source, incidents: left.length });
    return { from, next, failed };
  }

  return {
    note({ key, source, externalURL, truncation }) {
      for (const group of truncation?.groups ?? []) {
        const { receiver } = group;
        if (receiver === undefined) continue;
        asked.add(toName(key, receiver));
        const id = toName(source, receiver);
        const known = pending.get(id) ?? { source, externalURL, receiver, groups: new Map(), next: '' };
        known.groups.set(group.id, group);
        const next = truncation?.unfinished?.next ?? '';
        if (next > known.next) known.next = next;
        pending.set(id, known);
      }
    },
    async takeIn(stopAt) {
      const all = startElsewhere([...pending], ports.clock.now());
      for (const [id, each] of all) {
        try {
          const made = await takeInOf(each, stopAt);
          if (made !== undefined) progress.set(id, made);
        } catch (error) {
          progress.set(id, { from: '', failed: true });
          ports.log.error('alerts that were cut off could not be applied', { source: each.source, error });
        }
      }
    },
    unfinishedFor({ source, truncation }) {
      const own = truncation?.unfinished;
      const receivers = new Set(truncation?.groups.flatMap(({ receiver }) => receiver ?? []));
      const left = [...receivers].flatMap((receiver) => {
        const made = progress.get(toName(source, receiver));
        return (made && findUnfinished(own, made)) ?? [];
      });
      return left.toSorted((a, b) => (a.next < b.next ? -1 : 1))[0];
    },
  };
}

function toName(of: string, receiver: string): string {
  return JSON.stringify([of, receiver]);
}

/** All share one budget, so that another one is first in each minute. */
function startElsewhere<T>(all: T[], now: Millis): T[] {
  const start = all.length === 0 ? 0 : Math.floor(now / MINUTE) % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}
