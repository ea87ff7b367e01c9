import type { Context } from 'aws-lambda';
import { log } from '../../lib/wiring.ts';
import { type HttpResult, toProblem } from './http.ts';

type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * A handler that is built once. Building begins with the import, in Lambda's init phase. When it fails, `refuse`
 * answers every invocation that meets the failure, and the next invocation builds again.
 */
export function initOnce<Event, Result>(
  build: () => Promise<LambdaHandler<Event, Result>>,
  refuse: (error: unknown) => Result,
): LambdaHandler<Event, Result> {
  let built: Promise<LambdaHandler<Event, Result>> | undefined;

  function once(): Promise<LambdaHandler<Event, Result>> {
    if (built) return built;
    const building = build();
    built = building;
    building.catch(() => {
      built = undefined;
    });
    return building;
  }

  void once().catch(() => undefined);
  return async (event, context) => {
    let handler: LambdaHandler<Event, Result>;
    try {
      handler = await once();
    } catch (error) {
      return refuse(error);
    }
    return handler(event, context);
  };
}

/**
 * A function of the HTTP API. While it cannot be built, for example because of a bad variable, it answers 503. The log
 * has the reason; a configuration error names variables, never values.
 */
export function serveRequests<Parts, Event>(
  wire: () => Promise<Parts>,
  create: (parts: Parts) => LambdaHandler<Event, HttpResult>,
): LambdaHandler<Event, HttpResult> {
  return initOnce(
    async () => create(await wire()),
    (error) => {
      log.error('handler not started', { error });
      return toProblem(503, 'The configuration of the service is not valid; its log has the reason.');
    },
  );
}

/** A function that no person waits for. While it cannot be built, Lambda reports it, and the work comes again. */
export function runUnattended<Parts, Event, Result>(
  wire: () => Promise<Parts>,
  create: (parts: Parts) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  return initOnce(async () => create(await wire()), rethrowInitError);
}

export function rethrowInitError(error: unknown): never {
  throw error;
}
