import type { Channel } from '../../core/channel/channel.ts';
import { type Budget, getTimeToSend } from '../../core/delivery/budget.ts';
import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

/** A channel whose calls all end in time to be recorded. A call without enough time does not start. */
export function limitTime(clock: { now(): Millis }, channel: Channel, budget: Budget): Channel {
  const getTime = () => getTimeToSend(budget, clock.now());
  return {
    ...channel,
    async send(body, to, sending) {
      const withinMs = getTime();
      if (withinMs === undefined) return { outcome: noTime, state: sending.state };
      return channel.send(body, to, { ...sending, withinMs });
    },
    async edit(ref, body) {
      const withinMs = getTime();
      return withinMs === undefined ? noTime : channel.edit(ref, body, withinMs);
    },
    async reply(ref, body, { broadcast }) {
      const withinMs = getTime();
      return withinMs === undefined ? noTime : channel.reply(ref, body, { broadcast, withinMs });
    },
  };
}

const noTime: SendOutcome = {
  kind: 'retryable',
  reason: 'timeout',
  detail: 'no time was left for it in this run',
  unasked: true,
};
