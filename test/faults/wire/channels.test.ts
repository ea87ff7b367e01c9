import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSmtp, startLocalSmtp } from '../../../infra/local/mail/smtp.ts';
import { type LocalSlack, startLocalSlack } from '../../../infra/local/slack/slack.ts';
import { createSmtpClient } from '../../../lib/channels/email/client/smtp-client.ts';
import { createSlackBotClient } from '../../../lib/channels/slack/client/bot-client.ts';
import { critical } from '../kill/flows-of-webhooks.ts';
import { plantedFromOutside } from '../planted/planted-fault.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { rememberNotified } from '../world/observe.ts';
import { endsInTime } from './ends-in-time.ts';
import { type FaultProxy, startFaultProxy, type WireFault, wireFaults } from './fault-proxy.ts';

/** Instead of the 15 s of a send, where a server is silent. What it answers may take as long as a busy machine likes. */
const SILENCE_MS = plantedFromOutside() === 'adapter-without-deadline' ? 3_600_000 : 500;
const ANSWERED_MS = 15_000;

function withinOf({ fault }: FaultProxy): number {
  return fault === undefined || fault === 'delay' ? ANSWERED_MS : SILENCE_MS;
}

/** A page is on its way, and the other channel has nothing to do with the fault. */
async function paged(system: FaultySystem): Promise<string> {
  expect(await system.postAlerts([critical(system)])).toBe(200);
  while (await system.consumeDiagnose());
  return [...system.world.incidents.items.keys()][0] ?? '';
}

function outcomes(system: FaultySystem, id: string, channel: string): string[] {
  const deliveries = system.world.destinations.deliveriesOf(id);
  return deliveries
    .filter(({ destination }) => destination.startsWith(channel))
    .map(({ outcome }) => outcome);
}

/** Faults in which the server has the whole message, and only its answer is missing. */
const mayHaveArrived = new Set<WireFault>(['half-close', 'cut', 'lost-answer']);

async function lastsFor(system: FaultySystem, proxy: FaultProxy, fault: WireFault): Promise<void> {
  await proxy.meet(fault);
  await endsInTime(system.consumeAll());
  if (fault !== 'delay') await endsInTime(proxy.untilLetGo());
}

describe('between deliver-notice and Slack', () => {
  let local: LocalSlack;
  let proxy: FaultProxy;

  beforeAll(async () => {
    local = await startLocalSlack();
    proxy = await startFaultProxy(local.port);
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  it.each(wireFaults)(
    '%s: the page comes once to each place when Slack is back, and the mail at once',
    async (fault) => {
      local.clear();
      const system = new FaultySystem();
      const heard = rememberNotified(system);
      const client = createSlackBotClient({
        token: 'xoxb-test',
        apiUrl: `http://127.0.0.1:${proxy.port}/api/`,
      });
      system.slack.post = (to, message) => client.post(to, message, withinOf(proxy));
      system.slack.reply = (ref, message, options) => client.reply(ref, message, options, withinOf(proxy));
      system.slack.update = (ref, message) => client.update(ref, message, withinOf(proxy));
      const id = await paged(system);

      await lastsFor(system, proxy, fault);
      const meanwhile = { mails: system.mail.sent.length, history: outcomes(system, id, 'slack') };
      const arrived = local.messages().length;
      await proxy.meet(undefined);
      await system.settle(2);

      expect(meanwhile.mails).toBe(1);
      expect(new Set(meanwhile.history)).toEqual(new Set([fault === 'delay' ? 'delivered' : 'retrying']));
      expect(outcomes(system, id, 'slack')).toEqual(['delivered', 'delivered']);
      expect(new Set(local.messages().map(({ channel }) => channel))).toEqual(
        new Set(['#cryptofunk-alerts', '#cryptofunk-critical']),
      );
      // What had arrived before its answer was lost is repeated once, and nothing else.
      expect(arrived === 0 || fault === 'delay' || mayHaveArrived.has(fault)).toBe(true);
      expect(local.messages()).toHaveLength(fault === 'delay' ? 2 : 2 + arrived);
      expect(heard.filter(({ line }) => line.startsWith('mail'))).toHaveLength(1);
    },
  );
});

describe('between deliver-notice and the mail server', () => {
  let local: LocalSmtp;
  let proxy: FaultProxy;

  beforeAll(async () => {
    local = await startLocalSmtp();
    // Past the greeting and the envelope: in the middle of the last answers.
    proxy = await startFaultProxy(local.port, 150);
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  it.each(wireFaults)(
    '%s: the mail comes once when the server is back, and Slack has the page at once',
    async (fault) => {
      local.clear();
      const system = new FaultySystem();
      system.mail.send = (mail) => {
        const silenceMs = withinOf(proxy);
        const server = { host: '127.0.0.1', port: proxy.port, from: 'a@example.com', silenceMs };
        return createSmtpClient(server).send(mail, silenceMs * 3);
      };
      const id = await paged(system);

      await lastsFor(system, proxy, fault);
      const meanwhile = { roots: system.slack.roots().length, history: outcomes(system, id, 'email') };
      await proxy.meet(undefined);
      await system.settle(2);

      const ids = local.mails().map(({ messageId }) => messageId);
      expect(meanwhile).toEqual({ roots: 2, history: [fault === 'delay' ? 'delivered' : 'retrying'] });
      expect(outcomes(system, id, 'email')).toEqual(['delivered']);
      expect(new Set(ids).size).toBe(1);
      expect(ids.length).toBeLessThanOrEqual(fault === 'delay' ? 1 : 2);
    },
  );
});
