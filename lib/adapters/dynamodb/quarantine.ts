import { gunzipSync, gzipSync } from 'node:zlib';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Quarantine, QuarantinedDelivery } from '../../core/history/history.ts';
import { holds } from './condition.ts';
import type { Item } from './incident-item.ts';
import { marshall, unmarshall } from './marshall.ts';
import { queryItems } from './query-items.ts';
import { type DynamoTable, refuseNewer, SIBLING_SCHEMA, siblingAttributes } from './table.ts';

/** Partition of all quarantined bodies; incident keys are hashes and never look like this. */
const PARTITION = 'quarantine';

/** What a stored body may take, so that its item stays under 350 KB. A webhook body may be 6 MB. */
const MAX_BODY_BYTES = 300 * 1024;

/** Unreadable bodies, compressed, and cut where even that is too long. */
export function createDynamoQuarantine(table: DynamoTable): Quarantine {
  const { client, tableName } = table;

  return {
    async add(entry) {
      const { body, ...fields } = entry;
      // A repeated id is the same delivery again: the first one stays.
      await holds(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({
              ...fields,
              ...compress(body),
              pk: PARTITION,
              sk: `${String(entry.at).padStart(15, '0')}#${entry.id}`,
              ...siblingAttributes(table),
            }),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
    },

    async list(limit) {
      const items = await queryItems(
        client,
        {
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: marshall({ ':pk': PARTITION }),
          ScanIndexForward: false,
        },
        limit,
      );
      return items.map(entryOf);
    },
  };
}

function compress(body: string): { gzip: Uint8Array; cutFrom?: number } {
  let kept = Buffer.from(body);
  const whole = kept.length;
  let gzip = gzipSync(kept);
  while (gzip.length > MAX_BODY_BYTES) {
    kept = kept.subarray(0, Math.floor(kept.length / 2));
    gzip = gzipSync(kept);
  }
  return kept.length === whole ? { gzip } : { gzip, cutFrom: whole };
}

function entryOf(item: Item): QuarantinedDelivery {
  const { pk, sk, schema, id, source, at, reason, gzip, cutFrom } = unmarshall(item);
  refuseNewer({ pk, sk, schema }, SIBLING_SCHEMA);
  const kept = gunzipSync(gzip);
  const cut = cutFrom === undefined ? '' : `… (${cutFrom - kept.length} of ${cutFrom} bytes cut)`;
  return { id, source, at, reason, body: kept.toString() + cut };
}
