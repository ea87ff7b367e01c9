import { SendMessageBatchCommand, type SendMessageBatchResult, type SQSClient } from '@aws-sdk/client-sqs';
import { hashSha256 } from '../../core/shared/hash.ts';

/** SQS's limits of one SendMessageBatch; the bytes leave room for ids and the envelope. */
const MAX_ENTRIES = 10;
const MAX_BATCH_BYTES = 1_000_000;

/** Longest group and deduplication id; the emulators accept longer ones, SQS does not. */
const MAX_ID = 128;

export type OutgoingMessage = { body: object; group: string; deduplicationId: string };

/** A queue and its client; the wiring builds the client. */
export type SqsQueue = { client: SQSClient; queueUrl: string };

/** How many messages were accepted, counted from the first without a gap, and why the next one was not. */
export type SendResult = { accepted: number; failure?: QueueError };

/**
 * Sends messages in splitIntoBatches, one after the other, and stops at the first batch that was not accepted whole.
 * A message behind a refused one may have been accepted too; its deduplication id then drops the second copy.
 */
export async function sendInOrder(queue: SqsQueue, messages: OutgoingMessage[]): Promise<SendResult> {
  let accepted = 0;
  for (const batch of splitIntoBatches(messages.map(toEntry))) {
    const result = await sendBatch(queue, batch);
    accepted += result.accepted;
    if (result.failure) return { accepted, failure: result.failure };
  }
  return { accepted };
}

type Entry = { MessageBody: string; MessageGroupId: string; MessageDeduplicationId: string };

async function sendBatch({ client, queueUrl }: SqsQueue, batch: Entry[]): Promise<SendResult> {
  let answer: SendMessageBatchResult;
  try {
    answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: batch.map((entry, index) => ({ Id: String(index), ...entry })),
      }),
    );
  } catch (cause) {
    return { accepted: 0, failure: new QueueError('SQS did not take the batch', { cause }) };
  }
  const taken = new Set((answer.Successful ?? []).map((entry) => entry.Id));
  const gap = batch.findIndex((_, index) => !taken.has(String(index)));
  if (gap < 0) return { accepted: batch.length };
  const refusal = answer.Failed?.find((entry) => entry.Id === String(gap));
  const reason = refusal ? `${refusal.Code}: ${refusal.Message ?? ''}` : 'no reason given';
  return { accepted: gap, failure: new QueueError(`SQS refused a message: ${reason}`) };
}

function toEntry({ body, group, deduplicationId }: OutgoingMessage): Entry {
  return {
    MessageBody: escapeForSqs(JSON.stringify(body)),
    MessageGroupId: toId(group),
    MessageDeduplicationId: toId(deduplicationId),
  };
}

/** Hashes an id that SQS would refuse: too long, or with characters outside printable ASCII. */
function toId(text: string): string {
  return text.length <= MAX_ID && /^[!-~]+$/.test(text) ? text : hashSha256(text);
}

/**
 * SQS refuses U+FFFE and U+FFFF, and its emulators every character beyond U+FFFF, while JSON may hold them all.
 * They only stand inside strings, so their escapes mean the same. Without this, one odd label value would block every
 * notice of its incident.
 */
function escapeForSqs(json: string): string {
  return json.replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function splitIntoBatches(entries: Entry[]): Entry[][] {
  const all: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody);
    const current = all.at(-1);
    if (!current || current.length === MAX_ENTRIES || bytes + size > MAX_BATCH_BYTES) {
      all.push([entry]);
      bytes = size;
      continue;
    }
    current.push(entry);
    bytes += size;
  }
  return all;
}

/** The queue refused a send or a receive. Broken infrastructure: callers retry. */
export class QueueError extends Error {
  override name = 'QueueError';
}
