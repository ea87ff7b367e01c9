import middy from '@middy/core';
import type { DeadLetters } from '../lib/core/delivery/dead-letters.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { wireDeadLetters } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type RedriveDeadLettersParts = {
  access: AccessTokens;
  ports: { deadLetters: Pick<DeadLetters, 'redrive'> };
  log: Log;
};

/** POST /dead-letters/redrive: puts them back on the deliver queue, for holders of a write token. */
export function createRedriveDeadLetters({ access, ports, log }: RedriveDeadLettersParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('write', access))
    .use(validateParameters())
    .handler(async () => {
      const result = await ports.deadLetters.redrive();
      log.info('dead letters redriven', result);
      return toJsonResult(200, result);
    });
}

export const handler = initOnce(
  async () => createRedriveDeadLetters(await wireDeadLetters()),
  answerNotStarted,
);
