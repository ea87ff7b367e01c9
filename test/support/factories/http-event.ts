import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

export type HttpEventFactory = {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  parameters?: Record<string, string>;
  body?: string;
  isBase64Encoded?: boolean;
};

/** An event of API Gateway's HTTP API, payload format 2.0. */
export function httpEvent(from: HttpEventFactory = {}): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/', query = {} } = from;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { host: 'api.example', ...from.headers },
    queryStringParameters: Object.keys(query).length === 0 ? undefined : query,
    pathParameters: from.parameters,
    body: from.body,
    isBase64Encoded: from.isBase64Encoded ?? false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.10', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '24/Nov/2026:03:25:32 +0000',
      timeEpoch: 1_795_490_732_000,
    },
  };
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

export function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Lambda's context argument. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:test',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  logGroupName: '/aws/lambda/test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 30_000,
  done() {},
  fail() {},
  succeed() {},
};
