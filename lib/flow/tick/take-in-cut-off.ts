import { type ActiveSet, listActiveOf } from '../../core/diagnosis/alertmanager-status.ts';
import { type AlertGroup, groupAlerts } from '../../core/grouping/group-alerts.ts';
import { extractHeartbeats } from '../../core/heartbeat/heartbeat.ts';
import type { Incident, TruncatedGroup } from '../../core/incident/incident.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import { findHighestSeverity, severities } from '../../core/shared/severity.ts';
import type { Millis } from '../../core/shared/time.ts';
import { applyAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { pinIncidentKey } from '../incident/pin-incident-key.ts';
import { mapBounded } from '../shared/map-bounded.ts';

/** Incidents that one tick reads, and that it writes; those that are written make the next tick ask for the others. */
const MAX_READ = 1_000;
const MAX_TAKEN_IN = 200;
const CONCURRENCY = 8;

export type TakeInCutOffPorts = ApplyEventPorts & {
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

export type CutOffIntake = {
  /** Alertmanager is asked for an incident because of these groups. */
  note(incident: Incident, groups: TruncatedGroup[]): void;
  /** Returns the ids of the incidents that are new. */
  takeIn(stopAt: Millis): Promise<string[]>;
};

type Pending = { source: string; externalURL: string; receiver: string; groups: Map<string, TruncatedGroup> };

/**
 * Takes in, for the length of one tick, what a truncated webhook may have cut off of incidents that it does not show:
 * all that Alertmanager lists as active of the same receiver, as if a webhook had told it (docs/adr/0024).
 */
export function createCutOffIntake(
  ports: TakeInCutOffPorts,
  listed: (source: string) => Promise<ActiveSet | undefined>,
): CutOffIntake {
  const pending = new Map<string, Pending>();
  /** Incidents, each with a receiver, that find what was cut off of them in their own answer. */
  const asked = new Set<string>();
  const rest = { read: MAX_READ, takenIn: MAX_TAKEN_IN };

  async function takeInOne(
    found: AlertGroup,
    { receiver, groups }: Pending,
    opened: string[],
  ): Promise<void> {
    const entry = await pinIncidentKey(ports, found, ports.clock.now());
    if (asked.has(toName(entry.identity.key, receiver))) return;
    const origin = { listed: [...groups.values()] };
    const { incidents, refused } = await applyAlerts(ports, entry, origin, ports.clock.now());
    for (const { id, outcome } of incidents) {
      if (outcome !== 'unchanged' && outcome !== 'duplicate') rest.takenIn -= 1;
      if (outcome === 'opened' || outcome === 'recorded') opened.push(id);
    }
    for (const each of refused) ports.log.error('an alert that was cut off could not be stored', each);
  }

  async function takeInOf(each: Pending, stopAt: Millis, opened: string[]): Promise<void> {
    const { source, externalURL, receiver } = each;
    const answer = await listed(source);
    if (answer === undefined) return;
    const { alerts } = extractHeartbeats(ports.catalog, source, listActiveOf(source, answer, receiver));
    const entries = worstFirst(groupAlerts(ports.catalog, alerts, externalURL), ports.clock.now());
    let left = 0;
    await mapBounded(entries, CONCURRENCY, async (entry) => {
      if (asked.has(toName(entry.identity.key, receiver))) return;
      if (rest.read <= 0 || rest.takenIn <= 0 || ports.clock.now() >= stopAt) {
        left += 1;
        return;
      }
      rest.read -= 1;
      try {
        await takeInOne(entry, each, opened);
      } catch (error) {
        const { alertname } = entry.identity;
        ports.log.error('alerts that were cut off could not be applied', { source, alertname, error });
      }
    });
    if (left > 0)
      ports.log.warn('alerts that were cut off wait for a later tick', { source, incidents: left });
  }

  return {
    note({ key, source, externalURL }, groups) {
      for (const group of groups) {
        const { receiver } = group;
        if (receiver === undefined) continue;
        asked.add(toName(key, receiver));
        const id = toName(source, receiver);
        const known = pending.get(id) ?? { source, externalURL, receiver, groups: new Map() };
        known.groups.set(group.id, group);
        pending.set(id, known);
      }
    },
    async takeIn(stopAt) {
      const all = [...pending.values()];
      pending.clear();
      const opened: string[] = [];
      for (const each of all) {
        try {
          await takeInOf(each, stopAt, opened);
        } catch (error) {
          ports.log.error('alerts that were cut off could not be applied', { source: each.source, error });
        }
      }
      return opened;
    },
  };
}

function toName(of: string, receiver: string): string {
  return JSON.stringify([of, receiver]);
}

/** Those of one severity begin somewhere else each time, so that none is always among those that are left. */
function worstFirst(entries: AlertGroup[], now: Millis): AlertGroup[] {
  const bySeverity = Map.groupBy(entries, ({ alerts }) =>
    findHighestSeverity(alerts.map(({ severity }) => severity)),
  );
  return severities.toReversed().flatMap((severity) => {
    const those = bySeverity.get(severity) ?? [];
    const start = those.length > MAX_READ ? now % those.length : 0;
    return [...those.slice(start), ...those.slice(0, start)];
  });
}
