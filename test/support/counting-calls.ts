import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** Calls to AWS by command, `QueryCommand`, as they leave the client; retries of the SDK count as one. */
export type CountedCalls = {
  readonly counts: Record<string, number>;
  reset(): void;
};

/** Counts what a client sends from now on. */
export function countCalls(client: DynamoDBClient | SQSClient): CountedCalls {
  const counts: Record<string, number> = {};
  const count = (name = 'unknown') => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  // The stacks of two clients take middleware of two types, so the same lines stand here twice.
  if (client instanceof DynamoDBClient) {
    client.middlewareStack.add(
      (next, context) => (args) => {
        count(context.commandName);
        return next(args);
      },
      { step: 'initialize', name: 'countCalls' },
    );
  } else {
    client.middlewareStack.add(
      (next, context) => (args) => {
        count(context.commandName);
        return next(args);
      },
      { step: 'initialize', name: 'countCalls' },
    );
  }
  return {
    counts,
    reset() {
      for (const name of Object.keys(counts)) delete counts[name];
    },
  };
}
