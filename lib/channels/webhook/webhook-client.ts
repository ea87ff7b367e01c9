import type { SendOutcome } from '../../core/delivery/delivery.ts';
import type { Millis } from '../../core/shared/time.ts';

/** One request: `body` is the JSON as it is signed and sent, `key` the same for every attempt. */
export type WebhookRequest = { name: string; key: string; body: string };

/** Posts to a configured address by its name. The whole call ends within `withinMs` (LONGEST_SEND when absent). */
export interface WebhookClient {
  post(request: WebhookRequest, withinMs?: Millis): Promise<SendOutcome>;
}
