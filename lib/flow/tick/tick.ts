import { listFailures, throwFailures } from '../shared/failures.ts';
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
  const { clock, log, statistics } = ports;
  const stopAt = clock.now() + options.stopAfterMs;
  const advanced = advanceIncidents(ports, options);
  const parts = await Promise.allSettled([advanced, checkHeartbeats(ports), endMaintenances(ports)]);
  const counted = await Promise.allSettled([refreshStatistics({ ...statistics, clock, log }, stopAt)]);
  throwFailures(listFailures([...parts, ...counted]), 'a part of the tick failed');
  return advanced;
}
