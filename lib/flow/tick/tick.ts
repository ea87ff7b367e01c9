import { type AdvanceIncidentsPorts, advanceIncidents, type TickSummary } from './advance-incidents.ts';
import { type CheckHeartbeatsPorts, checkHeartbeats } from './check-heartbeats.ts';
import { type EndMaintenancePorts, endMaintenances } from './end-maintenances.ts';
import { type RefreshStatisticsPorts, refreshStatistics } from './refresh-statistics.ts';

export type TickPorts = AdvanceIncidentsPorts &
  CheckHeartbeatsPorts &
  EndMaintenancePorts & { statistics: Pick<RefreshStatisticsPorts, 'hours' | 'dirtyHours' | 'rollUps'> };

/**
 * Everything that happens by time alone: due incidents, missing heartbeats, and maintenances that end. They
 * run at the same time, so that none delays or fails another. The statistics follow in the time that is left.
 * Throws if any part failed, after all were tried.
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
