import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * The event that API Gateway's HTTP API (payload format 2.0) hands to receive-webhook for a webhook POST.
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
