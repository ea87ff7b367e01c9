import { setTimeout as pause } from 'node:timers/promises';
import type { LambdaStandIn } from './lambda-stand-in.ts';

/** EventBridge's schedule: invokes the tick again and again, never two at once. */
export function startTicker(
  lambda: Pick<LambdaStandIn, 'invoke'>,
  everySeconds: number,
): { close(): Promise<void> } {
  const stop = new AbortController();

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      await pause(everySeconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) await lambda.invoke('tick', { source: 'aws.events' });
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      await Promise.race([running, pause(1000)]);
    },
  };
}
