import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** Calls to AWS by command, `QueryCommand`, as they leave the client; retries of the SDK count as one. */
export type CountedCalls = {
  readonly counts: Record<string, number>;
  /** Calls that begin while another is running belong to its round. */
  readonly rounds: number;
  reset(): void;
};

/** Counts a client's calls from now on. */
export function countCalls(client: DynamoDBClient | SQSClient): CountedCalls {
  const counts: Record<string, number> = {};
  let rounds = 0;
  let underWay = 0;
  async function counted<T>(name = 'unknown', call: () => Promise<T>): Promise<T> {
    counts[name] = (counts[name] ?? 0) + 1;
    if (underWay === 0) rounds += 1;
    underWay += 1;
    try {
      return await call();
    } finally {
      underWay -= 1;
    }
  }
  // The middleware of two clients has two types, so the same lines stand here twice.
  if (client instanceof DynamoDBClient) {
    client.middlewareStack.add((next, context) => (args) => counted(context.commandName, () => next(args)), {
      step: 'initialize',
      name: 'countCalls',
    });
  } else {
    client.middlewareStack.add((next, context) => (args) => counted(context.commandName, () => next(args)), {
      step: 'initialize',
      name: 'countCalls',
    });
  }
  return {
    counts,
    get rounds() {
      return rounds;
    },
    reset() {
      for (const name of Object.keys(counts)) delete counts[name];
      rounds = 0;
    },
  };
}
