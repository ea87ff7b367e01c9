import type { Quarantine } from '../lib/core/history/history.ts';
import { readQuarantineLimit } from '../lib/core/history/quarantine-entry.ts';
import { listQuarantine } from '../lib/flow/history/list-quarantine.ts';
import { wireListQuarantine } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ListQuarantineParts = ApiParts & { ports: { quarantine: Pick<Quarantine, 'list'> } };

/** GET /quarantine: authenticated bodies that could not be read, newest first. */
export function createListQuarantine({ ports, ...parts }: ListQuarantineParts) {
  return api(parts, {
    access: 'read',
    parameters: (event) => readQuarantineLimit(event.queryStringParameters ?? {}),
    handle: async ({ limit }) => toJsonResult(200, await listQuarantine(ports, limit)),
  });
}

export const handler = serveRequests(wireListQuarantine, createListQuarantine);
