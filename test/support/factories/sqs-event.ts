import type { SQSEvent, SQSRecord } from 'aws-lambda';

export type SqsRecordFactory = { id: string; body: string; group?: string; receiveCount?: number };

/** An event of an SQS FIFO queue; the receipt handle of message `a` is `receipt-a`. */
export function sqsEvent(records: SqsRecordFactory[]): SQSEvent {
  return { Records: records.map(sqsRecord) };
}

function sqsRecord({ id, body, group = 'group', receiveCount = 1 }: SqsRecordFactory): SQSRecord {
  return {
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: '1795490732000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1795490732000',
      MessageGroupId: group,
      MessageDeduplicationId: id,
      SequenceNumber: '1',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:diagnose.fifo',
    awsRegion: 'eu-central-1',
  };
}
