import type { SendOutcome } from '../../core/delivery/delivery.ts';
import { createScriptedCalls, type Pause, type ScriptedCalls } from '../scripted-calls.ts';
import type { WebhookClient, WebhookRequest } from './webhook-client.ts';

// For tests: the contract suite of the channels holds it to the real client.

export type MemoryWebhook = WebhookClient &
  ScriptedCalls<WebhookRequest> & {
    /** Requests that arrived, oldest first. */
    readonly posted: WebhookRequest[];
  };

/** A receiver in memory. */
export function createMemoryWebhook(options: { pause?: Pause } = {}): MemoryWebhook {
  const posted: WebhookRequest[] = [];
  const { answer, ...scripted } = createScriptedCalls<WebhookRequest>(options.pause);
  const arrive = (request: WebhookRequest): SendOutcome => {
    posted.push(request);
    return { kind: 'delivered' };
  };
  return {
    ...scripted,
    posted,
    post: (request, within) => answer(request, within, () => arrive(request)),
  };
}
