import type { Context } from 'aws-lambda';

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

/** For functions that no person waits for: Lambda reports the failure, and the work comes again. */
export function rethrowInitError(error: unknown): never {
  throw error;
}
