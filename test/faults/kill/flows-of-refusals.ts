import { slackRateLimit } from '../../../lib/channels/slack/rate-limit.ts';
import type { SendOutcome } from '../../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { noChannel, unknownMailbox } from '../../support/factories/send-outcomes.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { consumeEffects, deliver, jump, paged } from './flows-of-deliveries.ts';
import { critical, firesStill } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

const tooMany: SendOutcome = {
  kind: 'retryable',
  reason: 'rate_limited',
  detail: 'Slack: 429',
  retryAfterMs: 20 * SECOND,
};

/** Slack takes nothing for so many minutes, in which the incident goes on. */
async function slackIsOut(system: FaultySystem, minutes: number): Promise<void> {
  system.world.faults.failWhile((name) => name.startsWith('slack.'));
  await paged(system);
  await system.settle(3);
  for (let minute = 15; minute <= minutes; minute += 15) await jump(system, minute);
  system.world.faults.failWhile(undefined);
  system.world.clock.advance(MINUTE);
}

/** Mail is there for a failover alone. */
const slackOnly = catalog({ routes: [{ slack: '#cryptofunk-critical', mention: 'channel' }] });

/** Deliveries to a channel that does not take them, or not yet. */
export const flowsOfRefusals: Flow[] = [
  {
    name: 'the failover of a critical page',
    prepare: async (system) => {
      system.slack.script(...Array.from({ length: 24 }, () => noChannel));
      await paged(system);
    },
    act: deliver,
    settles: 7,
  },
  {
    name: 'a failover that its channel refuses as well',
    options: { catalog: slackOnly },
    prepare: async (system) => {
      system.slack.script(...Array.from({ length: 8 }, () => noChannel));
      system.mail.script(...Array.from({ length: 6 }, () => unknownMailbox));
      system.webhook.script(...Array.from({ length: 6 }, () => unknownMailbox));
      await paged(system);
    },
    act: deliver,
    settles: 12,
  },
  {
    name: 'the delivery of late pages',
    prepare: (system) => slackIsOut(system, 34),
    act: deliver,
    settles: 8,
    // A page whose answer was lost counts as refused, so it is offered to mail once more, which has it.
    mayDiffer: /^fail after slack\.post: the history adds: \S+ delivery email opened$/,
  },
  {
    name: 'a delivery that Slack asks to come later',
    options: { slackRateLimit },
    prepare: async (system) => {
      system.slack.script(tooMany, tooMany);
      await paged(system);
    },
    act: deliver,
  },
  {
    name: 'a delivery in a slot that it has booked',
    options: { slackRateLimit },
    prepare: async (system) => {
      // The same words whether the details can be read or not.
      const annotations = { summary: 'Every new query waits.' };
      await system.postAlerts(
        ['A', 'B'].map((alertname) => ({ ...critical(system, { alertname }), annotations })),
      );
      firesStill(system);
      await consumeEffects(system);
      await system.consumeAll();
      system.world.clock.advance(SECOND);
    },
    act: deliver,
  },
];
