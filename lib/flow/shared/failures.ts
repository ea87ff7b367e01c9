/** The results of what succeeded. */
export function listFulfilled<T>(results: readonly PromiseSettledResult<T>[]): T[] {
  return results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** The reasons of what failed. */
export function listFailures(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
}

/** Throws all failures as one error, if there are any. */
export function throwFailures(failures: unknown[], message: string): void {
  if (failures.length > 0) throw new AggregateError(failures, message, { cause: failures[0] });
}

/** A failing item stops no other: `work` is tried for each, in order, and what failed is thrown at the end. */
export async function tryEach<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  {
    onFailure,
    summary,
  }: {
    onFailure: (item: T, error: unknown) => void;
    /** Follows the number of failed items: `heartbeats could not be checked`. */
    summary: string;
  },
): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
      onFailure(item, error);
    }
  }
  throwFailures(failures, `${failures.length} ${summary}`);
}
