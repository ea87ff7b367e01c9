import { type AdvanceIncidentsPorts, advanceIncidents, type TickSummary } from './advance-incidents.ts';
import { type CheckHeartbeatsPorts, checkHeartbeats } from './check-heartbeats.ts';
import { type EndMaintenancePorts, endMaintenances } from './end-maintenances.ts';
import { type RefreshStatisticsPorts, refreshStatistics } from './refresh-statistics.ts';

export type TickPorts = AdvanceIncidentsPorts &
  CheckHeartbeatsPorts &
  EndMaintenancePorts & { statistics: Pick<RefreshStatisticsPorts, 'hours' | 'dirtyHours' | 'rollUps'> };

/**
 * All that time alone brings about: incidents that are due, signs of life that are missing, and maintenances that
 * end. Side by side, so that none waits for another or falls with it; the statistics after them, in the time that
 * escalation has left. Throws when anything has failed, after all of it was tried.
 */
export async function tick(ports: TickPorts, options: { stopAfterMs: number }): Promise<TickSummary> {
  const stopAt = ports.clock.now() + options.stopAfterMs;
  const [tick, ...others] = await Promise.allSettled([
    advanceIncidents(ports, options),
    checkHeartbeats(ports),
    endMaintenances(ports),
  ]);
  const { clock, log, statistics } = ports;
  const [counted] = await Promise.allSettled([refreshStatistics({ ...statistics, clock, log }, stopAt)]);
  const failures = [tick, ...others, counted].flatMap((each) =>
    each.status === 'rejected' ? [each.reason] : [],
  );
  if (tick.status === 'rejected' || failures.length > 0) {
    throw new AggregateError(failures, 'a part of the tick failed', { cause: failures[0] });
  }
  return tick.value;
}
