import type { DeadLetters } from '../lib/core/delivery/dead-letters.ts';
import { wireDeadLetters } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { refuseParameters } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type RedriveDeadLettersParts = ApiParts & { ports: { deadLetters: Pick<DeadLetters, 'redrive'> } };

/** POST /dead-letters/redrive: puts them back on the deliver queue, for holders of a write token. */
export function createRedriveDeadLetters({ ports, ...parts }: RedriveDeadLettersParts) {
  return api(parts, {
    access: 'write',
    parameters: refuseParameters,
    handle: async () => {
      const result = await ports.deadLetters.redrive();
      parts.log.info('dead letters redriven', result);
      return toJsonResult(200, result);
    },
  });
}

export const handler = serveRequests(wireDeadLetters, createRedriveDeadLetters);
