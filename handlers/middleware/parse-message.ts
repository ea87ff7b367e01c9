import type { SQSRecord } from 'aws-lambda';
import type { Log } from '../../lib/core/shared/log.ts';
import type { QueueMessage } from '../../lib/core/shared/queue-message.ts';
import type { RecordOutcome } from './process-batch.ts';

/** Time for a deployment to finish rolling out. */
const NEWER_AGAIN_SECONDS = 30;

/**
 * Processes a readable message. A message from newer code comes again later. An unreadable message comes again after
 * `unreadableSeconds`: at once where a redrive policy counts the attempts, so that it soon is a dead letter and no
 * longer blocks its group.
 */
export async function parseMessage<T>(
  record: SQSRecord,
  read: QueueMessage<T>,
  parts: { log: Log; unreadableSeconds: number },
  work: (message: T) => Promise<RecordOutcome>,
): Promise<RecordOutcome> {
  switch (read.kind) {
    case 'message':
      return work(read.message);
    case 'newer':
      parts.log.warn('message from newer code', { messageId: record.messageId, schema: read.schema });
      return { kind: 'again', afterSeconds: NEWER_AGAIN_SECONDS };
    case 'unreadable':
      parts.log.error('message unreadable', { messageId: record.messageId, reason: read.reason });
      return { kind: 'again', afterSeconds: parts.unreadableSeconds };
  }
}
