import { type EndMaintenancePorts, endMaintenances } from './end-maintenance.ts';
import { type RunTickPorts, runTick, type TickSummary } from './run-tick.ts';
import { type WatchHeartbeatsPorts, watchHeartbeats } from './watch-heartbeats.ts';

export type EveryMinutePorts = RunTickPorts & WatchHeartbeatsPorts & EndMaintenancePorts;

/**
 * All that time alone brings about: incidents that are due, signs of life that are missing, and maintenances that
 * end. Side by side, so that none waits for another or falls with it; throws when anything has failed, after all of it was tried.
 */
export async function everyMinute(
  ports: EveryMinutePorts,
  options: { stopAfterMs: number },
): Promise<TickSummary> {
  const [tick, ...others] = await Promise.allSettled([
    runTick(ports, options),
    watchHeartbeats(ports),
    endMaintenances(ports),
  ]);
  const failures = [tick, ...others].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (tick.status === 'rejected' || failures.length > 0) {
    throw new AggregateError(failures, 'a part of the tick failed', { cause: failures[0] });
  }
  return tick.value;
}
