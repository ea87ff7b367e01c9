import { type ActiveSet, listActiveOf } from '../../core/diagnosis/alertmanager-status.ts';
import { type AlertGroup, groupAlerts } from '../../core/grouping/group-alerts.ts';
import { extractHeartbeats } from '../../core/heartbeat/heartbeat.ts';
import { type IntakeProgress, listByPlace } from '../../core/incident/intake-progress.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';
import { applyAlerts } from '../incident/apply-alerts.ts';
import type { ApplyEventPorts } from '../incident/apply-event.ts';
import { pinIncidentKey } from '../incident/pin-incident-key.ts';
import { mapBounded } from '../shared/map-bounded.ts';
import type { CutOff, CutOffLedger } from './cut-off-ledger.ts';

/** Incidents that one tick reads, and that it writes. */
const MAX_READ = 1_000;
const MAX_TAKEN_IN = 200;
const CONCURRENCY = 8;

export type TakeInCutOffPorts = ApplyEventPorts & {
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  log: Log;
};

/** What one tick may still read and write. */
type Budget = { read: number; takenIn: number; stopAt: Millis };

/**
 * Takes in what a truncated webhook may have cut off of incidents that it does not show: all that Alertmanager lists as
 * active of the same receiver, as if a webhook had told it (docs/adr/0024).
 */
export async function takeInCutOff(
  ports: TakeInCutOffPorts,
  ledger: CutOffLedger,
  listed: (source: string) => Promise<ActiveSet | undefined>,
  stopAt: Millis,
): Promise<void> {
  const budget = { read: MAX_READ, takenIn: MAX_TAKEN_IN, stopAt };
  for (const cutOff of ledger.list(ports.clock.now())) {
    const { source } = cutOff;
    try {
      const active = await listed(source);
      if (active === undefined) continue;
      ledger.record(cutOff, await takeInActive(ports, ledger, { cutOff, active, budget }));
    } catch (error) {
      ledger.record(cutOff, { from: '', failed: true });
      ports.log.error('alerts that were cut off could not be applied', { source, error });
    }
  }
}

async function takeInActive(
  ports: TakeInCutOffPorts,
  ledger: CutOffLedger,
  { cutOff, active, budget }: { cutOff: CutOff; active: ActiveSet; budget: Budget },
): Promise<IntakeProgress> {
  const { source, externalURL, receiver } = cutOff;
  const { alerts } = extractHeartbeats(ports.catalog, source, listActiveOf(source, active, receiver));
  const entries = listByPlace(groupAlerts(ports.catalog, alerts, { externalURL }));
  // A list that one tick can read is always read from its most severe on.
  const from = entries.length > MAX_READ ? cutOff.next : '';
  const ahead = entries.filter(({ place }) => place >= from);
  const left: string[] = [];
  let failed = false;
  await mapBounded(ahead, CONCURRENCY, async ({ place, found }) => {
    if (ledger.isAsked(found.identity.key, receiver)) return;
    if (!spendRead(budget, found, ports.clock.now())) {
      left.push(place);
      return;
    }
    try {
      const changed = await takeInOne(ports, ledger, found, cutOff);
      budget.takenIn -= changed;
    } catch (error) {
      failed = true;
      const { alertname } = found.identity;
      ports.log.error('alerts that were cut off could not be applied', { source, alertname, error });
    }
  });
  if (left.length === 0) return { from, failed };
  ports.log.warn('alerts that were cut off wait for a later tick', { source, incidents: left.length });
  return { from, next: left.toSorted()[0], failed };
}

/** `false` if this incident has to wait for a later tick. */
function spendRead(budget: Budget, { previousKeys }: AlertGroup, now: Millis): boolean {
  const reads = 1 + previousKeys.length;
  if (budget.read < reads || budget.takenIn <= 0 || now >= budget.stopAt) return false;
  budget.read -= reads;
  return true;
}

/** Returns how many incidents changed. */
async function takeInOne(
  ports: TakeInCutOffPorts,
  ledger: CutOffLedger,
  found: AlertGroup,
  { receiver, groups }: CutOff,
): Promise<number> {
  const group = await pinIncidentKey(ports, found, ports.clock.now());
  if (ledger.isAsked(group.identity.key, receiver)) return 0;
  const origin = { listed: [...groups.values()] };
  const { incidents, refused } = await applyAlerts(ports, group, origin, ports.clock.now());
  // To try these again is of no use, so nothing waits for them.
  for (const each of refused) ports.log.error('an alert that was cut off could not be stored', each);
  return incidents.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'duplicate').length;
}
