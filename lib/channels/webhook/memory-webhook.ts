import { LONGEST_SEND } from '../../core/delivery/budget.ts';
import { meet, type Pause, type Scripted } from '../scripted-calls.ts';
import type { WebhookClient, WebhookRequest } from './webhook-client.ts';

// For tests: the contract suite of the channels holds it to the real client.

export type MemoryWebhook = WebhookClient & {
  /** Requests that arrived, oldest first. */
  readonly posted: WebhookRequest[];
  /** Every attempt, failed ones included. */
  readonly calls: WebhookRequest[];
  script: (...next: Scripted[]) => void;
  /** Forgets what was scripted. */
  recover: () => void;
};

/** A receiver in memory. */
export function createMemoryWebhook(options: { pause?: Pause } = {}): MemoryWebhook {
  const posted: WebhookRequest[] = [];
  const calls: WebhookRequest[] = [];
  const scripted: Scripted[] = [];
  return {
    posted,
    calls,
    script: (...next) => void scripted.push(...next),
    recover: () => void scripted.splice(0),
    async post(request, within = LONGEST_SEND) {
      calls.push(request);
      return meet(
        scripted,
        async () => options.pause?.(within),
        () => {
          posted.push(request);
          return { kind: 'delivered' };
        },
      );
    },
  };
}
