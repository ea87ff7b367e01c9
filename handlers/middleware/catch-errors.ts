import type { MiddlewareObj } from '@middy/core';
import type { Log } from '../../lib/core/shared/log.ts';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';

/**
 * Turns any exception into a 500 that shows nothing internal, and logs it with the request's id. Alertmanager tries
 * a 5xx again, so nothing is lost.
 */
export function catchErrors(log: Log): MiddlewareObj<HttpEvent, HttpResult> {
  return {
    onError: (request) => {
      const requestId = request.event.requestContext?.requestId;
      log.error('request failed', { requestId, route: request.event.routeKey, error: request.error });
      request.response = toProblem(500, `The service failed; its log has the reason under ${requestId}.`);
    },
  };
}
