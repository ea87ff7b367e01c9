import middy from '@middy/core';
import type { Log } from '../lib/core/shared/log.ts';
import type { TickSummary } from '../lib/flow/tick/advance-incidents.ts';
import { type EveryMinutePorts, everyMinute } from '../lib/flow/tick/tick.ts';
import { wireTick } from '../lib/wiring.ts';
import { coldStart, failToStart } from './middleware/init-once.ts';

/** The function's timeout is 60 s; what is begun at 45 s still ends in time. */
const STOP_AFTER = 45_000;

export type TickParts = { ports: EveryMinutePorts; log: Log };

/** Every minute: escalate, remind, reconcile, heal the outbox, watch the heartbeats. */
export function tickHandler({ ports, log }: TickParts) {
  return middy<unknown, TickSummary>().handler(async () => {
    const summary = await everyMinute(ports, { stopAfterMs: STOP_AFTER });
    if (summary.due > 0) log.info('tick', summary);
    return summary;
  });
}

export const handler = coldStart(async () => tickHandler(await wireTick()), failToStart);
