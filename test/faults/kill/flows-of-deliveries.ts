import { slackRateLimit } from '../../../lib/channels/slack/rate-limit.ts';
import type { SendOutcome } from '../../../lib/core/delivery/delivery.ts';
import { MINUTE, SECOND } from '../../../lib/core/shared/time.ts';
import { addMaintenance } from '../../../lib/flow/maintenance/maintenances.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { finding } from '../../support/factories/finding.ts';
import { webhookAlert } from '../../support/factories/webhook.ts';
import type { FaultySystem } from '../world/faulty-system.ts';
import { critical, firesStill, opened } from './flows-of-webhooks.ts';
import type { Flow } from './strike.ts';

const noChannel: SendOutcome = {
  kind: 'misconfigured',
  reason: 'not_found',
  detail: 'Slack: channel_not_found',
};
const unknownMailbox: SendOutcome = {
  kind: 'misconfigured',
  reason: 'not_found',
  detail: 'SMTP: 550 5.1.1 no such user (EENVELOPE)',
};
const tooMany: SendOutcome = {
  kind: 'retryable',
  reason: 'rate_limited',
  detail: 'Slack: 429',
  retryAfterMs: 20 * SECOND,
};

/** Everything on the deliver queue, by one process. */
async function deliver(system: FaultySystem): Promise<undefined> {
  await system.consumeAll();
  return undefined;
}

async function consumeEffects(system: FaultySystem): Promise<void> {
  while (await system.consumeDiagnose());
}

/** The first page waits on the deliver queue. */
async function paged(system: FaultySystem): Promise<void> {
  await system.postAlerts([critical(system)]);
  firesStill(system);
  await consumeEffects(system);
}

/** A tick at that minute of an open incident; what it decides waits on the deliver queue. */
async function openSince(system: FaultySystem, minutes: number): Promise<void> {
  await opened(system);
  if (minutes > 20) await jump(system, 15);
  system.world.clock.set(system.start + minutes * MINUTE);
  await system.tick();
  await consumeEffects(system);
}

/** The world at that minute, with a tick then and none in between. */
async function jump(system: FaultySystem, minute: number): Promise<void> {
  system.world.clock.set(system.start + (minute - 1) * MINUTE);
  await system.settle(1);
}

async function warningsOf(system: FaultySystem, names: string[]): Promise<void> {
  const alerts = names.map((alertname) =>
    webhookAlert({ alertname, labels: { severity: 'warning' }, startsAt: system.start }),
  );
  await system.postAlerts(alerts);
  firesStill(system);
  await consumeEffects(system);
}

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
const stormy = catalog({ stormAfter: 2 });
/** More findings than fit into a root, so that the thread has the rest. */
const manyFindings = Array.from({ length: 30 }, (_, at) =>
  finding({ stepId: `step-${at}`, sentence: `${at} of 30 connections wait for a lock of another one.` }),
);

export const flowsOfDeliveries: Flow[] = [
  { name: 'the delivery of a first page', prepare: paged, act: deliver },
  {
    name: 'the delivery of a page with more than fits into it',
    prepare: (system) => {
      system.found = manyFindings;
      return paged(system);
    },
    act: deliver,
  },
  { name: 'the delivery of a reminder', prepare: (system) => openSince(system, 15), act: deliver },
  { name: 'the delivery of an escalation', prepare: (system) => openSince(system, 30), act: deliver },
  {
    name: 'the delivery of a resolve',
    prepare: async (system) => {
      await opened(system);
      await system.postAlerts([critical(system, { status: 'resolved', endsAt: system.now })]);
      await consumeEffects(system);
    },
    act: deliver,
  },
  {
    name: 'the delivery of what a person did',
    prepare: async (system) => {
      await system.acknowledge(await opened(system));
      await consumeEffects(system);
    },
    act: deliver,
  },
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
      system.slack.script(...Array.from({ length: 12 }, () => noChannel));
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
      await system.postAlerts(['A', 'B', 'C'].map((alertname) => critical(system, { alertname })));
      firesStill(system);
      await consumeEffects(system);
      await system.consumeAll();
      system.world.clock.advance(SECOND);
    },
    act: deliver,
  },
  {
    name: 'the begin of a storm',
    options: { catalog: stormy },
    prepare: (system) => warningsOf(system, ['A', 'B', 'C']),
    act: deliver,
    settles: 8,
  },
  {
    name: 'the lines of a digest in a storm',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B', 'C']);
      await system.consumeAll();
      await warningsOf(system, ['D', 'E']);
    },
    act: deliver,
    settles: 8,
  },
  {
    name: 'an incident of a digest that becomes critical',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B', 'C', 'D']);
      await system.consumeAll();
      await system.postAlerts([critical(system, { alertname: 'D', labels: { pod: 'p2' } })]);
      await consumeEffects(system);
    },
    act: deliver,
    settles: 8,
  },
  {
    name: 'the end of a storm',
    options: { catalog: stormy },
    prepare: async (system) => {
      await warningsOf(system, ['A', 'B', 'C', 'D']);
      await system.settle(2);
      system.world.clock.advance(2 * MINUTE);
    },
    act: deliver,
  },
  {
    name: 'the summary of a maintenance',
    prepare: async (system) => {
      await mutedUntilEnd(system);
      system.world.clock.advance(2 * MINUTE);
      await system.tick();
      await consumeEffects(system);
    },
    act: deliver,
  },
];

/** A maintenance of 5 min mutes the alert; the clock stands at its end. */
export async function mutedUntilEnd(system: FaultySystem): Promise<void> {
  const request = {
    matchers: 'severity="critical"',
    from: system.now,
    to: system.now + 5 * MINUTE,
    by: 'Ana',
    reason: 'database upgrade',
  };
  await addMaintenance(system.world, { request, unique: 'unique1', now: system.now });
  await opened(system);
  await system.settle(3);
  system.world.clock.advance(MINUTE);
}
