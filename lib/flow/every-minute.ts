import { type RunTickPorts, runTick, type TickSummary } from './run-tick.ts';
import { type WatchHeartbeatsPorts, watchHeartbeats } from './watch-heartbeats.ts';

export type EveryMinutePorts = RunTickPorts & WatchHeartbeatsPorts;

/**
 * All that time alone brings about: incidents that are due, and signs of life that are missing. Side by side, so that
 * neither waits for the other or falls with it; throws when anything has failed, after all of it was tried.
 */
export async function everyMinute(
  ports: EveryMinutePorts,
  options: { stopAfterMs: number },
): Promise<TickSummary> {
  const [tick, ...others] = await Promise.allSettled([runTick(ports, options), watchHeartbeats(ports)]);
  const failures = [tick, ...others].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (tick.status === 'rejected' || failures.length > 0) {
    throw new AggregateError(failures, 'a part of the tick failed', { cause: failures[0] });
  }
  return tick.value;
}
