import middy from '@middy/core';
import type { DeadLetters } from '../lib/core/delivery/dead-letters.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { listDeadLetters } from '../lib/flow/history/list-dead-letters.ts';
import { wireDeadLetters } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ListDeadLettersParts = {
  access: AccessTokens;
  ports: { deadLetters: Pick<DeadLetters, 'list'> };
  log: Log;
};

/** GET /dead-letters: notices that could not be sent, oldest first, for holders of a read or write token. */
export function createListDeadLetters({ access, ports, log }: ListDeadLettersParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .use(validateParameters())
    .handler(async () => toJsonResult(200, await listDeadLetters(ports)));
}

export const handler = initOnce(async () => createListDeadLetters(await wireDeadLetters()), answerNotStarted);
