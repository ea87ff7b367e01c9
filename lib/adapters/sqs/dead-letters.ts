import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetters } from '../../core/delivery/dead-letters.ts';
import { readDeliverMessage } from '../../core/delivery/deliver-message-schema.ts';
import { type Millis, SECOND } from '../../core/shared/time.ts';
import { toOutgoingMessage } from './queues.ts';
import { type SqsQueue, sendInOrder } from './send-in-order.ts';

/** Limits of one listing, in number, in time, and in rounds through the whole queue. */
const READ_AT_MOST = 100;
const LOOK_WITHIN = 10 * SECOND;
const ROUNDS = 3;
/** A redrive waits so many empty answers for letters that another request holds; SQS' counts lag behind. */
const PATIENCE = 5;
/** A redrive stops here; API Gateway gives up at 30 s. */
const REDRIVE_WITHIN = 15 * SECOND;
/** Longer than either limit, so that no letter comes twice. If the process dies, letters stay hidden this long. */
const HELD_SECONDS = 30;
/** Limit of one call of SQS. */
const BATCH = 10;

/** `letters` holds the dead letters, `deliver` is the queue that they return to. */
export type DeadLetterQueues = { letters: SqsQueue; deliver: SqsQueue; now(): Millis };

/**
 * SQS shows nothing without a receive, which hides a letter and the ones behind it in its message group. So letters
 * that were not moved become visible again as soon as the call is done. A receive loses nothing here: the dead letters
 * have no redrive policy, and their 14 days go on. Requests at the same time hide letters from each other: a listing
 * releases what it holds and looks again, a redrive waits. What stays hidden all that time is counted.
 */
export function createSqsDeadLetters({ letters, deliver, now }: DeadLetterQueues): DeadLetters {
  return {
    async list() {
      const until = now() + LOOK_WITHIN;
      const seen = new Map<string, Message>();
      let count = 0;
      for (let round = 0; round < ROUNDS && (round === 0 || now() < until); round += 1) {
        for (const message of await receiveRound(letters, () => now() < until)) {
          seen.set(message.MessageId ?? '', message);
        }
        count = Math.max(await countOf(letters), seen.size);
        if (seen.size >= Math.min(count, READ_AT_MOST)) break;
      }
      const read = [...seen.values()].map(toLetter);
      const known = read.filter((letter) => letter !== undefined);
      return { count, letters: known, unreadable: read.length - known.length };
    },

    async redrive() {
      const until = now() + REDRIVE_WITHIN;
      const held = new Set<Message>();
      let redriven = 0;
      let patience = PATIENCE;
      try {
        for (let received = await receive(letters); ; received = await receive(letters)) {
          for (const message of received) held.add(message);
          for (const message of received) {
            if (now() >= until || !(await sendAgain(deliver, message))) continue;
            await remove(letters, message);
            held.delete(message);
            redriven += 1;
          }
          if (received.length === 0) patience -= 1;
          if (now() >= until || patience === 0) break;
          if (received.length === 0 && (await countOf(letters)) <= held.size) break;
        }
        return { redriven, remaining: await countOf(letters) };
      } finally {
        await release(letters, [...held]);
      }
    },
  };
}

/** What one request can see of the queue, as long as `mayGoOn`. All of it is visible again afterwards. */
async function receiveRound(letters: SqsQueue, mayGoOn: () => boolean): Promise<Message[]> {
  const held: Message[] = [];
  try {
    for (let more = true; more && held.length < READ_AT_MOST && mayGoOn(); ) {
      const received = await receive(letters);
      held.push(...received);
      more = received.length > 0;
    }
    return held;
  } finally {
    await release(letters, held);
  }
}

/** A short wait asks all of SQS's servers; without it an answer may be empty although letters wait. */
async function receive({ client, queueUrl }: SqsQueue): Promise<Message[]> {
  const { Messages } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: BATCH,
      VisibilityTimeout: HELD_SECONDS,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages ?? [];
}

/** SQS refuses a letter that is gone or visible already, which has the same effect. */
async function release({ client, queueUrl }: SqsQueue, messages: Message[]): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH) {
    const Entries = messages.slice(from, from + BATCH).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** Counts visible and hidden letters. */
async function countOf({ client, queueUrl }: SqsQueue): Promise<number> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages ?? 0) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0)
  );
}

function toLetter({ Body = '', Attributes }: Message): DeadLetter | undefined {
  const reading = readDeliverMessage(Body);
  if (reading.kind !== 'message') return undefined;
  const { message } = reading;
  const { incidentId, target, attempt } = message;
  const about = { incidentId, destination: target.destination, attempt };
  return 'effect' in message
    ? { ...about, reason: message.effect.reason, at: message.effect.at }
    : { ...about, reason: message.kind, at: Number(Attributes?.SentTimestamp ?? 0) };
}

/**
 * Sends a letter with its attempt increased, because SQS would drop the same deduplication id. The letter is deleted
 * afterwards: a crash in between sends it twice, which `key` makes harmless. False when this version cannot read it;
 * throws QueueError when the queue does not accept it.
 */
async function sendAgain(deliver: SqsQueue, { Body = '' }: Message): Promise<boolean> {
  const reading = readDeliverMessage(Body);
  if (reading.kind !== 'message') return false;
  const attempt = reading.message.attempt + 1;
  // Fields that other code has added stay.
  const whole: object = JSON.parse(Body);
  const again = { ...toOutgoingMessage({ ...reading.message, attempt }), body: { ...whole, attempt } };
  const { failure } = await sendInOrder(deliver, [again]);
  if (failure) throw failure;
  return true;
}

async function remove({ client, queueUrl }: SqsQueue, { ReceiptHandle }: Message): Promise<void> {
  await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
}
