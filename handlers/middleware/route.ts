import middy, { type MiddlewareObj } from '@middy/core';
import type { Log } from '../../lib/core/shared/log.ts';
import type { Millis } from '../../lib/core/shared/time.ts';
import { type AccessTokens, authorize } from './authorize.ts';
import { type HttpEvent, type HttpResult, type Refused, toProblem, toRefusal } from './http.ts';

export type RouteParts = { clock: { now(): Millis }; log: Log };

/** What every function of the API for people needs. */
export type ApiParts = RouteParts & { access: AccessTokens };

type Route<Event extends HttpEvent, Given extends { kind: 'ok' }> = {
  /** Reads the parameters of the address, or names the mistake. */
  parameters(event: Event, now: Millis): Given | Refused;
  /** Decodes `event.body`, or answers one that is too large. A route without it takes no body. */
  body?(event: Event): HttpResult | undefined | Promise<HttpResult | undefined>;
  handle(given: Given, request: { event: Event; now: Millis }): Promise<HttpResult>;
};

/** A route of the API for people. A write token may also read. */
export function api<Given extends { kind: 'ok' }>(
  parts: ApiParts,
  { access, ...route }: Route<HttpEvent, Given> & { access: 'read' | 'write' },
) {
  return createRoute(parts, authorize(access, parts.access), route);
}

/**
 * A route that `guard` protects. The order of its checks is the same everywhere: a caller without the right learns
 * nothing of parameters, and a request with a wrong address nothing of its body. Any exception becomes a 500 that
 * shows nothing internal, and is logged with the request's id. Alertmanager tries a 5xx again, so nothing is lost.
 */
export function createRoute<Event extends HttpEvent, Given extends { kind: 'ok' }>(
  { clock, log }: RouteParts,
  guard: MiddlewareObj<Event, HttpResult>,
  { parameters, body, handle }: Route<Event, Given>,
) {
  return middy<Event, HttpResult>()
    .onError((request) => {
      const { requestContext, routeKey: route } = request.event;
      const requestId = requestContext?.requestId;
      log.error('request failed', { requestId, route, error: request.error });
      request.response = toProblem(500, `The service failed; its log has the reason under ${requestId}.`);
    })
    .use(guard)
    .handler(async (event) => {
      const now = clock.now();
      const given = parameters(event, now);
      if (given.kind === 'refused') return toRefusal(given);
      return (await body?.(event)) ?? handle(given, { event, now });
    });
}
