import middy from '@middy/core';
import type { Log } from '../lib/core/shared/log.ts';
import type { TickSummary } from '../lib/flow/tick/advance-incidents.ts';
import { type TickPorts, tick } from '../lib/flow/tick/tick.ts';
import { wireTick } from '../lib/wiring.ts';
import { runUnattended } from './middleware/init-once.ts';

/** The function's timeout is 60 s; work that begins at 45 s still ends in time. */
const STOP_AFTER = 45_000;

export type TickParts = { ports: TickPorts; log: Log };

/** Every minute: escalate, remind, reconcile, publish the outbox, check the heartbeats. */
export function createTick({ ports, log }: TickParts) {
  return middy<unknown, TickSummary>().handler(async () => {
    const summary = await tick(ports, { stopAfterMs: STOP_AFTER });
    if (summary.due > 0) log.info('tick', summary);
    return summary;
  });
}

export const handler = runUnattended(wireTick, createTick);
