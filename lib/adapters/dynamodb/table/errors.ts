import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** The table could not do what was asked. Broken infrastructure, never an expected outcome: callers retry. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/**
 * An item was written by newer code than this, as happens while a deployment rolls out. It is never rewritten:
 * the work fails, is retried, and succeeds on the newer code.
 */
export class NewerSchemaError extends StoreError {
  override name = 'NewerSchemaError';

  constructor(item: string, found: number, known: number) {
    super(`${item} has schema ${found}, newer than ${known}, which this version understands; retry later`);
  }
}

/** Whether a conditional write went through. Every other failure is thrown: the table could not be reached. */
export async function putWhereHeld(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
