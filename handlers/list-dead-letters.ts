import type { DeadLetters } from '../lib/core/delivery/dead-letters.ts';
import { listDeadLetters } from '../lib/flow/history/list-dead-letters.ts';
import { wireDeadLetters } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { refuseParameters } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ListDeadLettersParts = ApiParts & { ports: { deadLetters: Pick<DeadLetters, 'list'> } };

/** GET /dead-letters: notices that could not be sent, oldest first, for holders of a read or write token. */
export function createListDeadLetters({ ports, ...parts }: ListDeadLettersParts) {
  return api(parts, {
    access: 'read',
    parameters: refuseParameters,
    handle: async () => toJsonResult(200, await listDeadLetters(ports)),
  });
}

export const handler = serveRequests(wireDeadLetters, createListDeadLetters);
