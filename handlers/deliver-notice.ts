import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readDeliverMessage } from '../lib/core/delivery/deliver-message-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { type DeliverPorts, deliverMessage } from '../lib/flow/deliver/deliver-message.ts';
import { wireDeliverNotice } from '../lib/wiring.ts';
import { initOnce, rethrowInitError } from './middleware/init-once.ts';
import { parseMessage } from './middleware/parse-message.ts';
import { processBatch, type RecordOutcome, type Visibility } from './middleware/process-batch.ts';

const LONGEST_RETRY_SECONDS = 300;

export type DeliverNoticeParts = {
  ports: DeliverPorts;
  visibility: Visibility;
  log: Log;
};

/** Delay after an exception, so after broken infrastructure: 1 s, doubled each time, at most 5 min. */
export function getDeliverRetrySeconds(receiveCount: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, 2 ** Math.min(receiveCount - 1, 10));
}

/** Consumer of the deliver queue. */
export function createDeliverNotice({ ports, visibility, log }: DeliverNoticeParts) {
  return middy<SQSEvent, SQSBatchResponse>().handler((event) =>
    processBatch(event, { log, visibility, afterFailure: getDeliverRetrySeconds }, (record, attempt) =>
      parseMessage(
        record,
        readDeliverMessage(record.body),
        { log, unreadableSeconds: 0 },
        async (message): Promise<RecordOutcome> => {
          const { incidentId, key, target } = message;
          const about = { incidentId, key, destination: target.destination, attempt };
          const result = await deliverMessage(ports, { message, attempt });
          if (result.kind === 'retry') {
            const { afterSeconds, reason } = result;
            // Waiting for a slot is no failure.
            const level = result.rateLimited ? 'info' : 'warn';
            log[level]('notice to be sent again', { ...about, afterSeconds, reason });
            return { kind: 'again', afterSeconds };
          }
          log.info('notice settled', { ...about, outcome: result.outcome });
          return { kind: 'done' };
        },
      ),
    ),
  );
}

export const handler = initOnce(async () => createDeliverNotice(await wireDeliverNotice()), rethrowInitError);
