import { setImmediate as turn } from 'node:timers/promises';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { deliverMessage } from '../../../lib/flow/deliver/deliver-message.ts';
import type { FirstResponder } from './first-responder.ts';

/** An event while the queue is processed. */
export type Arrival = { at: Millis; act(): Promise<unknown> };

/** Runs at the same time, like many Lambdas. */
const RUNS = 12;

/**
 * Processes the deliver queue for this long, like a deployment: many runs at a time, each waiting for its slot by the
 * clock. Messages come again after their visibility timeout. The clock jumps from one event to the next.
 */
export async function deliverFor(
  system: FirstResponder,
  length: Millis,
  arrivals: Arrival[] = [],
): Promise<void> {
  const { clock, deliveries } = system.world;
  const end = system.now + length;
  const running = new Set<string>();
  const failures: unknown[] = [];
  const coming = arrivals.toSorted((a, b) => a.at - b.at);

  function start(): boolean {
    const busy = new Set([
      ...running,
      ...[...system.awayUntil].flatMap(([group, at]) => (at > system.now ? [group] : [])),
    ]);
    const message = deliveries.receive(busy);
    if (!message) return false;
    running.add(message.group);
    const work = async () => {
      try {
        const result = await deliverMessage(system.deliverPorts, {
          message: message.body,
          attempt: message.receives,
        });
        if (result.kind === 'done') deliveries.done(message);
        else system.awayUntil.set(message.group, system.now + result.afterSeconds * 1_000);
      } catch (error) {
        failures.push(error);
      } finally {
        running.delete(message.group);
      }
    };
    void work();
    return true;
  }

  while (system.now < end || running.size > 0) {
    let started = false;
    for (let next = coming[0]; next !== undefined && next.at <= system.now; next = coming[0]) {
      coming.shift();
      await next.act();
    }
    // Once one run has died, the others only finish.
    while (failures.length === 0 && running.size < RUNS && system.now < end && start()) started = true;
    await turn();
    if (failures.length > 0 && running.size === 0) throw failures[0];
    if (failures.length > 0 && clock.nextAt() === undefined) continue;
    if (started) continue;
    const times = [clock.nextAt(), ...system.awayUntil.values(), coming[0]?.at].filter(
      (at): at is Millis => at !== undefined && at > system.now,
    );
    clock.set(
      Math.max(
        system.now,
        Math.min(...times, running.size > 0 ? Number.POSITIVE_INFINITY : end, Math.max(end, system.now + 1)),
      ),
    );
  }
}
