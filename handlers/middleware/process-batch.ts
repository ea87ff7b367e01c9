import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from '../../lib/core/shared/log.ts';

/** The outcome of one message. `again` leaves it on the queue, to be received again after so many seconds. */
export type RecordOutcome = { kind: 'done' } | { kind: 'again'; afterSeconds: number };

/** Changes when a message received under this handle is visible again. */
export type Visibility = { changeVisibility(receiptHandle: string, seconds: number): Promise<void> };

export type ProcessBatchParts = {
  log: Log;
  visibility: Visibility;
  /** After an exception: the time until the next attempt, by how often the message was received. */
  afterFailure(receiveCount: number): number;
};

/**
 * Processes a batch of a FIFO queue and reports the failures. Order holds within a message group: after one message
 * fails, the later ones of its group are reported failed as well, untried. Other groups go on. Failed messages get
 * their visibility set, so that they block their group exactly that long.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function processBatch(
  event: SQSEvent,
  parts: ProcessBatchParts,
  work: (record: SQSRecord, receiveCount: number) => Promise<RecordOutcome>,
): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? record.messageId);
  const failed = await Promise.all([...groups.values()].map((group) => processGroup(group, parts, work)));
  const wanted = new Set(failed.flat().map((record) => record.messageId));
  return {
    batchItemFailures: event.Records.filter((record) => wanted.has(record.messageId)).map((record) => ({
      itemIdentifier: record.messageId,
    })),
  };
}

async function processGroup(
  group: SQSRecord[],
  parts: ProcessBatchParts,
  work: (record: SQSRecord, receiveCount: number) => Promise<RecordOutcome>,
): Promise<SQSRecord[]> {
  for (const [at, record] of group.entries()) {
    const outcome = await processRecord(record, parts, work);
    if (outcome.kind === 'done') continue;
    const rest = group.slice(at);
    await Promise.all(rest.map((each) => setVisibility(each, outcome.afterSeconds, parts)));
    return rest;
  }
  return [];
}

async function processRecord(
  record: SQSRecord,
  { log, afterFailure }: ProcessBatchParts,
  work: (record: SQSRecord, receiveCount: number) => Promise<RecordOutcome>,
): Promise<RecordOutcome> {
  const receiveCount = Number(record.attributes.ApproximateReceiveCount) || 1;
  try {
    return await work(record, receiveCount);
  } catch (error) {
    log.error('message failed', { messageId: record.messageId, receiveCount, error });
    return { kind: 'again', afterSeconds: afterFailure(receiveCount) };
  }
}

/** The queue's own visibility timeout is the backstop when this cannot be set. */
async function setVisibility(record: SQSRecord, seconds: number, parts: ProcessBatchParts): Promise<void> {
  try {
    await parts.visibility.changeVisibility(record.receiptHandle, seconds);
  } catch (error) {
    parts.log.warn('visibility not set', { messageId: record.messageId, error });
  }
}
