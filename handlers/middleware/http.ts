import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpResult = APIGatewayProxyStructuredResultV2;

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** A request that cannot be read. `path` names the part at fault, `reason` is one sentence. */
export type Refused = { kind: 'refused'; path: string; reason: string };

export type ProblemStatus = keyof typeof TITLES;

export function toJsonResult(statusCode: number, body: unknown): HttpResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/**
 * An error for programs and people: https://www.rfc-editor.org/rfc/rfc9457. `path` names the part of the request at
 * fault, such as `alerts[3].startsAt` or `limit`.
 */
export function toProblem(
  status: ProblemStatus,
  detail: string,
  more: { path?: string; headers?: Record<string, string> } = {},
): HttpResult {
  const { path, headers } = more;
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({
      type: 'about:blank',
      title: TITLES[status],
      status,
      detail,
      path,
    }),
  };
}

export function toRefusal({ reason, path }: Refused): HttpResult {
  return toProblem(400, reason, { path });
}

export function toUnknownId(of: 'incident' | 'maintenance'): HttpResult {
  return toProblem(404, `There is no ${of} with this id.`, { path: 'id' });
}

/** An answer that people keep as a file. It holds labels, so no browser may guess that it is a page. */
export function toFileResult(
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): HttpResult {
  return {
    statusCode: 200,
    headers: {
      'content-type': contentType,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body,
  };
}

/** A header's value, whatever the case of its name; API Gateway sends lower case, stand-ins need not. */
export function getHeader(event: HttpEvent, name: string): string | undefined {
  const headers = event.headers ?? {};
  return headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
