import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Claimed, ClaimedItem } from '../../../lib/core/delivery/claim.ts';
import type { Faults } from './faults.ts';

/** Makes a client lose the answer to its next request, below its own retries: the request took effect. */
export function losingAnswers(client: DynamoDBClient): () => void {
  let lose = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (!lose) return answer;
      lose = false;
      throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError', $retryable: {} });
    },
    { step: 'deserialize', priority: 'high' },
  );
  return () => {
    lose = true;
  };
}

/** A fake that repeats a call whose answer was lost, like the real client does by itself. */
export function repeatingItem<R extends Claimed>(
  item: ClaimedItem<R>,
  faults: Faults,
  port: string,
): { item: ClaimedItem<R>; loseAnswer(): void } {
  const repeated = async <T>(act: () => Promise<T>) => act().catch(act);
  let lose = false;
  function planned(method: string): void {
    if (lose) faults.failOn(`${port}.${method}`, { moment: 'after' });
    lose = false;
  }
  return {
    item: {
      claim(claim) {
        planned('claim');
        return repeated(() => item.claim(claim));
      },
      save(record, holder) {
        planned('save');
        return repeated(() => item.save(record, holder));
      },
    },
    loseAnswer() {
      lose = true;
    },
  };
}
