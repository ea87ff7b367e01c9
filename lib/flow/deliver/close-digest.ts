import { startBudget } from '../../core/delivery/budget.ts';
import type { StormEndMessage } from '../../core/delivery/deliver-message-schema.ts';
import { getRetryDelaySeconds, MISCONFIGURED_RETRY_SECONDS } from '../../core/delivery/retry-delay.ts';
import { MINUTE, type Millis, SECOND } from '../../core/shared/time.ts';
import { extendStorm, getDestinationKey, getStormAfter, type Storm } from '../../core/storm/storm.ts';
import type { StormPorts } from './join-digest.ts';
import { limitChannel, type RateLimitPorts } from './limit-channel.ts';
import { publishDigest } from './publish-digest.ts';
import type { Delivering, DeliverNoticeResult } from './record-delivery.ts';

/** Well before the queue moves a message that was received so often to the dead letters. */
const MOST_ATTEMPTS = 60;

/**
 * Watches a storm until it ends, then closes its digest. Its message comes again and again. While many
 * incidents still arrive, the storm is extended.
 */
export async function closeDigest(
  ports: StormPorts & RateLimitPorts,
  { message, attempt }: Delivering<StormEndMessage>,
): Promise<DeliverNoticeResult> {
  const { startedAt } = message;
  const { storms, clock } = ports;
  const storm = { place: getDestinationKey(message.target), startedAt };
  const left = await getTimeLeft(ports, storm);
  if (left > 0) {
    if (attempt < MOST_ATTEMPTS) return again(Math.min(left, MINUTE), 'the storm goes on');
    await ports.deliveries.send([{ ...message, attempt: message.attempt + 1 }]);
    return { kind: 'done', outcome: 'delivered' };
  }
  const { closedAt } = await storms.digests.read(storm);
  if (closedAt !== undefined) return { kind: 'done', outcome: 'delivered' };

  const since = clock.now();
  const budget = startBudget(since);
  const rates = { budget, rank: 'message', editRank: 'message' } as const;
  const channel = limitChannel(ports, { message, attempt }, rates);
  const { target, key } = message;
  const request = { target, channel, startedAt, since, closing: true, key, attempt, budget };
  const outcome = await publishDigest(ports, request);
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'done', outcome: 'delivered' };
    case 'permanent':
      ports.log.error('the end of a storm cannot be delivered', {
        place: storm.place,
        detail: outcome.detail,
      });
      return { kind: 'done', outcome: 'failed' };
    case 'misconfigured':
      return again(MISCONFIGURED_RETRY_SECONDS * SECOND, outcome.detail);
    case 'retryable':
      return again(getRetryDelaySeconds(attempt, outcome.retryAfterMs) * SECOND, outcome.detail);
  }
}

/** 0 when the storm is over, or a later one has begun. */
async function getTimeLeft({ storms, catalog, clock }: StormPorts, storm: Storm): Promise<Millis> {
  const latest = await storms.stormDetector.latest(storm.place);
  const now = clock.now();
  if (latest?.startedAt !== storm.startedAt || latest.until <= now) return 0;
  const until = extendStorm(await storms.entries.all(storm), getStormAfter(catalog), now);
  if (until === undefined || until <= latest.until) return latest.until - now;
  await storms.stormDetector.keep(storm, { until });
  return until - now;
}

function again(wait: Millis, reason: string): DeliverNoticeResult {
  return { kind: 'retry', afterSeconds: Math.max(1, Math.ceil(wait / SECOND)), reason };
}
