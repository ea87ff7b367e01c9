import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliverMessage } from '../../lib/core/delivery/deliver-message-schema.ts';
import type { DeliveryQueue } from '../../lib/core/delivery/delivery-queue.ts';
import type { EffectQueue } from '../../lib/core/incident/effect-queue.ts';
import type { DiagnoseMessage } from '../../lib/core/incident/effect-schema.ts';
import { deliverMessage } from '../support/factories/deliver-message.ts';
import { storedDetail, storedEffect } from '../support/factories/stored-incident.ts';

/** A new, empty queue and a way to consume every message in it. */
type Opened<Q, M> = { queue: Q; takeAll(): Promise<M[]> };

export function effectQueueContract(
  name: string,
  open: () => Promise<Opened<EffectQueue, DiagnoseMessage>>,
): void {
  describe(`${name} as EffectQueue`, () => {
    let opened: Opened<EffectQueue, DiagnoseMessage>;
    beforeEach(async () => {
      opened = await open();
    });

    it('publishes effects in their order, more than one batch of them', async () => {
      const incident = { id: 'a.1' };
      const effects = Array.from({ length: 23 }, (_, n) => storedEffect(incident, n + 1));

      const accepted = await opened.queue.publish(incident, effects);

      expect(accepted).toBe(23);
      expect(await opened.takeAll()).toEqual(
        effects.map((effect) => ({ schema: 1, incidentId: 'a.1', effect })),
      );
    });

    it('keeps one message of an effect that is published again', async () => {
      const incident = { id: 'a.1' };
      const effect = storedEffect(incident, 1);

      const accepted = [
        await opened.queue.publish(incident, [effect]),
        await opened.queue.publish(incident, [effect, storedEffect(incident, 2)]),
      ];

      expect(accepted).toEqual([1, 2]);
      expect((await opened.takeAll()).map((message) => message.effect.seq)).toEqual([1, 2]);
    });

    it('publishes nothing for an empty list', async () => {
      expect(await opened.queue.publish({ id: 'a.1' }, [])).toBe(0);
      expect(await opened.takeAll()).toEqual([]);
    });

    it('carries every character that a label may hold', async () => {
      const incident = { id: 'a.1' };
      const detail = storedDetail('00', { labels: { odd: '\u0000\u0007\uFFFE\uFFFF\uD800 "\\" ünï 🔴' } });
      const effect = storedEffect(incident, 1, { details: [detail] });

      const accepted = await opened.queue.publish(incident, [effect]);

      expect(accepted).toBe(1);
      expect((await opened.takeAll())[0]?.effect).toEqual(effect);
    });
  });
}

export function deliveryQueueContract(
  name: string,
  open: () => Promise<Opened<DeliveryQueue, DeliverMessage>>,
): void {
  describe(`${name} as DeliveryQueue`, () => {
    let opened: Opened<DeliveryQueue, DeliverMessage>;
    beforeEach(async () => {
      opened = await open();
    });

    it('accepts messages in their order', async () => {
      const messages = Array.from({ length: 12 }, (_, n) => deliverMessage(`k${n}`));

      await opened.queue.send(messages);

      expect(await opened.takeAll()).toEqual(messages);
    });

    it('keeps one message of a key that is sent again', async () => {
      await opened.queue.send([deliverMessage('k')]);
      await opened.queue.send([deliverMessage('k'), deliverMessage('other')]);

      expect((await opened.takeAll()).map((message) => message.key)).toEqual(['k', 'other']);
    });

    it('accepts a deliberate re-send with its attempt increased', async () => {
      await opened.queue.send([deliverMessage('k')]);
      await opened.queue.send([deliverMessage('k', { attempt: 2 })]);

      expect((await opened.takeAll()).map((message) => message.attempt)).toEqual([1, 2]);
    });

    it('does nothing for an empty list', async () => {
      await opened.queue.send([]);

      expect(await opened.takeAll()).toEqual([]);
    });
  });
}
