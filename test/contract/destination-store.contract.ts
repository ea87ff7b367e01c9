import { describe, expect, it } from 'vitest';
import type { DeliveryRecord, DestinationRecord } from '../../lib/core/delivery/delivery.ts';
import type { DestinationStore } from '../../lib/core/delivery/delivery-stores.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { randomKey, STORED_AT } from '../support/factories/stored-incident.ts';

/** `deliveries` reads back what saveDelivery stored, by any means of the implementation. */
export type OpenedDestinations = {
  store: DestinationStore;
  deliveries(incidentId: string): Promise<DeliveryRecord[]>;
};

const SLACK = 'slack:#cryptofunk-alerts';

/** The behaviour of every DestinationStore. The tests share one store; each uses an incident of its own. */
export function destinationStoreContract(name: string, opened: () => OpenedDestinations): void {
  const store = () => opened().store;

  describe(`${name} as DestinationStore`, () => {
    it('has zeros for a destination that never received anything', async () => {
      const record = await store().read(`${randomKey()}.1`, SLACK);

      expect(record).toEqual(notified({ lastSeq: 0, lastPingSeq: 0, lastTier: 0 }));
    });

    it('returns the record of each incident and destination', async () => {
      const id = `${randomKey()}.12`;
      const record = notified({ root: { channelId: 'C1', ts: '17.0001' }, resolvedSeq: 3 });

      await save(id, record);

      expect(await store().read(id, SLACK)).toEqual(record);
      expect((await store().read(id, 'email')).lastSeq).toBe(0);
      expect((await store().read(id.replace('.12', '.1'), SLACK)).lastSeq).toBe(0);
    });

    it('remembers what the channel keeps there', async () => {
      const id = `${randomKey()}.1`;
      const subject = { words: 'AgentDown - 12 alerts (a, b, … +10)', count: 12 };

      await save(id, notified({ destination: 'email', channelState: { baseSubject: subject } }));

      expect(await store().read(id, 'email')).toEqual(
        notified({ destination: 'email', channelState: { baseSubject: subject } }),
      );
    });

    it('returns destination and reason of notices of an incident that were refused for good', async () => {
      const id = `${randomKey()}.1`;
      await save(id, notified({ failure: 'channel_not_found' }));
      await save(id, notified({ destination: 'email' }));
      await save(id.replace('.1', '.2'), notified({ failure: 'of another episode' }));

      expect(await store().failing(id)).toEqual([{ destination: SLACK, failure: 'channel_not_found' }]);
    });

    it('stores a delivery once per key, with its latest outcome', async () => {
      const id = `${randomKey()}.1`;

      await store().saveDelivery(id, delivery({ outcome: 'retrying', attempts: 1, detail: 'ratelimited' }));
      await store().saveDelivery(id, delivery({ attempts: 2 }));
      await store().saveDelivery(id, delivery({ key: 'other', seq: 2, outcome: 'failed' }));

      expect(await opened().deliveries(id)).toEqual([
        delivery({ attempts: 2 }),
        delivery({ key: 'other', seq: 2, outcome: 'failed' }),
      ]);
    });

    it.each(['delivered', 'digest', 'superseded'] as const)(
      'never replaces %s by a failure',
      async (outcome) => {
        const id = `${randomKey()}.1`;
        await store().saveDelivery(id, delivery({ outcome }));

        await store().saveDelivery(id, delivery({ outcome: 'failed', attempts: 9 }));

        expect(await opened().deliveries(id)).toEqual([delivery({ outcome })]);
      },
    );

    it('replaces a failure when a later send succeeds', async () => {
      const id = `${randomKey()}.1`;
      await store().saveDelivery(id, delivery({ outcome: 'failed' }));

      await store().saveDelivery(id, delivery({ attempts: 2 }));

      expect(await opened().deliveries(id)).toEqual([delivery({ attempts: 2 })]);
    });
  });

  async function save(id: string, record: DestinationRecord): Promise<void> {
    const owner = randomKey();
    await store().claim(id, record.destination, { owner, now: STORED_AT, until: STORED_AT + MINUTE });
    await store().save(id, record, { owner, until: 0 });
  }
}

function notified(overrides: Partial<DestinationRecord> = {}): DestinationRecord {
  return {
    destination: SLACK,
    lastSeq: 2,
    lastPingSeq: 1,
    lastTier: 1,
    resolvedSeq: 0,
    claimUntil: 0,
    ...overrides,
  };
}

function delivery(overrides: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    key: 'k',
    destination: SLACK,
    seq: 1,
    reason: 'opened',
    ping: true,
    tier: 1,
    at: STORED_AT,
    outcome: 'delivered',
    attempts: 1,
    ...overrides,
  };
}
