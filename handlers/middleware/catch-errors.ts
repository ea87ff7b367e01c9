import type { MiddlewareObj } from '@middy/core';
import type { Log } from '../../lib/core/shared/log.ts';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/**
 * Turns whatever was thrown into a 500 that says nothing about the inside, and logs it with the request's id.
 * Alertmanager tries a 5xx again, so nothing is lost by it.
 */
export function catchErrors(log: Log): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    onError: (request) => {
      const requestId = request.event.requestContext?.requestId;
      log.error('request failed', { requestId, route: request.event.routeKey, error: request.error });
      request.response = toProblem(500, `Something failed on this side; the log has it under ${requestId}.`);
    },
  };
}
