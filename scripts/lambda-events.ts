import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { parseWebhook } from '../lib/core/alert/parse-webhook.ts';
import { groupAlerts } from '../lib/core/grouping/group-alerts.ts';
import type { DiagnoseMessage } from '../lib/core/incident/effect-schema.ts';
import { transition } from '../lib/core/incident/state-machine/transition.ts';
import { findPolicy } from '../lib/core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';

/**
 * The event that receive-webhook gets from API Gateway's HTTP API (payload format 2.0) for a webhook POST.
 * Header names are lower case there, and the body is the text that was posted.
 */
export function httpApiEvent(
  body: string,
  headers: Record<string, string>,
  at: Date,
): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/alertmanager',
    rawPath: '/webhooks/alertmanager',
    rawQueryString: '',
    headers: {
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
      host: 'api.example',
      'x-forwarded-for': '192.0.2.10',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: {
        method: 'POST',
        path: '/webhooks/alertmanager',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.10',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: 'POST /webhooks/alertmanager',
      stage: '$default',
      time: accessLogTime(at),
      timeEpoch: at.getTime(),
    },
    body,
    isBase64Encoded: false,
  };
}

/** API Gateway writes times like an access log does: `24/Nov/2026:03:25:32 +0000`. */
function accessLogTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The messages that the incidents opened by a webhook put on the diagnose queue. */
export function diagnoseMessages(catalog: RunbookCatalog, body: string, at: Date): DiagnoseMessage[] {
  const parsed = parseWebhook('prod', body);
  if (parsed.kind === 'malformed') throw new Error(`a captured body cannot be read: ${parsed.reason}`);
  const { alerts, externalURL } = parsed.webhook;
  return groupAlerts(catalog, alerts, { externalURL }).flatMap((part) => {
    const event = { type: 'received', identity: part.identity, alerts: part.alerts } as const;
    const policy = findPolicy(catalog, part.identity.alertname);
    const { incident, effects } = transition(undefined, event, at.getTime(), policy);
    return effects.map((effect) => ({ schema: 1, incidentId: incident?.id ?? '', effect }) as const);
  });
}

/** The event that diagnose-incident gets from SQS for a message of the FIFO queue. */
export function sqsEvent(message: DiagnoseMessage, at: Date): SQSEvent {
  const body = JSON.stringify(message);
  return {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(at.getTime()),
          SequenceNumber: '18849496460467696128',
          MessageGroupId: message.incidentId,
          SenderId: 'AROAEXAMPLE:receive-webhook',
          MessageDeduplicationId: message.effect.id,
          ApproximateFirstReceiveTimestamp: String(at.getTime() + 12),
        },
        messageAttributes: {},
        md5OfBody: createHash('md5').update(body).digest('hex'),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:first-responder-diagnose.fifo',
        awsRegion: 'eu-central-1',
      },
    ],
  };
}
