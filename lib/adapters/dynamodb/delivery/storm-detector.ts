import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { MINUTE, type Millis } from '../../../core/shared/time.ts';
import type { Admission, Arrival, StormDetector } from '../../../core/storm/storm-store.ts';
import { putWhereHeld, StoreError } from '../table/errors.ts';
import { marshall, type NativeAttributeValue, unmarshall } from '../table/marshall.ts';
import {
  assertSchemaVersion,
  CHILD_SCHEMA,
  createChildAttributes,
  type DynamoTable,
} from '../table/table.ts';

/** Each lost race means that another incident was admitted, so this covers as many as can arrive at once. */
const MAX_ATTEMPTS = 100;

const CALM = '(attribute_not_exists(stormUntil) OR stormUntil <= :now)';

/** Partition of a destination and its storms; incident keys are hashes and never look like this. */
export function getStormPartition(place: string): string {
  return `storm#${place}`;
}

/** One item a destination: the incidents admitted within a minute, at most the limit, and the latest storm. */
export function createDynamoStormDetector(table: DynamoTable): StormDetector {
  const { client, tableName } = table;
  const keyOf = (place: string) => marshall({ pk: getStormPartition(place), sk: 'detector' });
  /** Until when another run is known to count at a destination, so that opening a window would only fail. */
  const countsUntil = new Map<string, Millis>();

  async function read(place: string): Promise<DetectorState> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: keyOf(place) }),
    );
    const {
      pk,
      sk,
      schema,
      windowAt = 0,
      ids,
      stormAt,
      stormUntil = 0,
      hasCloser,
    } = Item ? unmarshall(Item) : {};
    assertSchemaVersion({ pk, sk, schema }, CHILD_SCHEMA);
    return {
      windowAt,
      ids: new Set(ids),
      stormUntil,
      hasCloser: hasCloser === true,
      stormAt,
    };
  }

  function update(
    place: string,
    set: string,
    when: string,
    values: Record<string, NativeAttributeValue>,
  ): Promise<boolean> {
    const { schema, expiresAt } = createChildAttributes(table);
    return putWhereHeld(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(place),
          UpdateExpression: `${set} #schema = :schema, expiresAt = :expiresAt`,
          ConditionExpression: `${when} AND (attribute_not_exists(#schema) OR #schema <= :schema)`,
          ExpressionAttributeNames: { '#schema': 'schema' },
          ExpressionAttributeValues: marshall({ ...values, ':schema': schema, ':expiresAt': expiresAt }),
        }),
      ),
    );
  }

  /** Starts a new count if nothing arrived for a minute, without reading first. */
  async function openWindow(place: string, incidentId: string, now: Millis): Promise<boolean> {
    const none = '(attribute_not_exists(windowAt) OR windowAt <= :before)';
    const values = { ':now': now, ':ids': new Set([incidentId]), ':before': now - MINUTE };
    const opened = await update(place, 'SET windowAt = :now, ids = :ids,', `${none} AND ${CALM}`, values);
    if (opened) countsUntil.set(place, now + MINUTE);
    return opened;
  }

  /** `undefined`: another run was faster, so the caller tries again. */
  async function admitOnce(place: string, arrival: Arrival): Promise<Admission | undefined> {
    const { incidentId, now, limit, until } = arrival;
    if (now >= (countsUntil.get(place) ?? 0) && (await openWindow(place, incidentId, now)))
      return { kind: 'standalone' };
    const detector = await read(place);
    countsUntil.set(place, Math.max(detector.windowAt + MINUTE, detector.stormUntil));
    if (detector.stormAt !== undefined && detector.stormUntil > now) {
      return { kind: 'storm', startedAt: detector.stormAt, hasCloser: detector.hasCloser };
    }
    const standalone: Admission = { kind: 'standalone' };
    const one = new Set([incidentId]);
    if (detector.windowAt <= now - MINUTE)
      return (await openWindow(place, incidentId, now)) ? standalone : undefined;
    if (detector.ids.has(incidentId)) return standalone;
    const seen = { ':now': now, ':seen': detector.windowAt };
    if (detector.ids.size < limit) {
      const room = `windowAt = :seen AND size(ids) < :limit AND ${CALM}`;
      return (await update(place, 'ADD ids :ids SET', room, { ...seen, ':ids': one, ':limit': limit }))
        ? standalone
        : undefined;
    }
    if (until === undefined) return standalone;
    const begun = await update(
      place,
      'REMOVE hasCloser SET stormAt = :now, stormUntil = :until,',
      `windowAt = :seen AND ${CALM}`,
      { ...seen, ':until': until },
    );
    return begun ? { kind: 'storm', startedAt: now, hasCloser: false } : undefined;
  }

  return {
    async admit(place, arrival) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const admission = await admitOnce(place, arrival);
        if (admission) return admission;
      }
      throw new StoreError(`lost the race for ${place} ${MAX_ATTEMPTS} times`);
    },

    async latest(place) {
      const { stormAt, stormUntil } = await read(place);
      return stormAt === undefined ? undefined : { startedAt: stormAt, until: stormUntil };
    },

    async keep({ place, startedAt }, change) {
      const [set, value] =
        'until' in change ? ['SET stormUntil = :value,', change.until] : ['SET hasCloser = :value,', true];
      await update(place, set, 'stormAt = :startedAt', { ':value': value, ':startedAt': startedAt });
    },
  };
}

type DetectorState = {
  windowAt: Millis;
  ids: Set<string>;
  stormAt?: Millis;
  stormUntil: Millis;
  hasCloser: boolean;
};
