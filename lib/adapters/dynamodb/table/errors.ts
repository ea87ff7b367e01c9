/** The table failed: broken infrastructure, never an expected outcome. Callers retry. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/**
 * Newer code than this wrote the item, which happens during a deployment. The item is never rewritten: the work
 * fails, is retried, and succeeds on the newer code.
 */
export class NewerSchemaError extends StoreError {
  override name = 'NewerSchemaError';

  constructor(item: string, found: number, known: number) {
    super(`${item} has schema ${found}, newer than ${known}, which this version understands; retry later`);
  }
}
