import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from '../../lib/core/shared/log.ts';
import type { QueueMessage } from '../../lib/core/shared/queue-message.ts';
import { processBatch, type RecordOutcome, type Visibility } from './process-batch.ts';

/** Time for a deployment to finish rolling out. */
const NEWER_AGAIN_SECONDS = 30;

export type ConsumerParts = { visibility: Visibility; log: Log };

type Consumer<Message> = {
  read(body: string): QueueMessage<Message>;
  /**
   * When an unreadable message comes again: at once where a redrive policy counts the attempts, so that it soon is a
   * dead letter and no longer blocks its group.
   */
  unreadableSeconds: number;
  /** After an exception: the time until the next attempt, by how often the message was received. */
  afterFailure(receiveCount: number): number;
  handle(message: Message, attempt: number): Promise<RecordOutcome>;
};

/** Consumer of a FIFO queue. A message from newer code comes again later. */
export function createConsumer<Message>(
  { visibility, log }: ConsumerParts,
  { read, unreadableSeconds, afterFailure, handle }: Consumer<Message>,
) {
  async function processRecord({ messageId, body }: SQSRecord, attempt: number): Promise<RecordOutcome> {
    const reading = read(body);
    switch (reading.kind) {
      case 'message':
        return handle(reading.message, attempt);
      case 'newer':
        log.warn('message from newer code', { messageId, schema: reading.schema });
        return { kind: 'again', afterSeconds: NEWER_AGAIN_SECONDS };
      case 'unreadable':
        log.error('message unreadable', { messageId, reason: reading.reason });
        return { kind: 'again', afterSeconds: unreadableSeconds };
    }
  }

  return middy<SQSEvent, SQSBatchResponse>().handler((event) =>
    processBatch(event, { log, visibility, afterFailure }, processRecord),
  );
}
