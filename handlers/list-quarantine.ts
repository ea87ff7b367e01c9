import middy from '@middy/core';
import type { Quarantine } from '../lib/core/history/history.ts';
import { readQuarantineLimit } from '../lib/core/history/query-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { listQuarantine } from '../lib/flow/history/list-quarantine.ts';
import { wireListQuarantine } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';

export type ListQuarantineParts = {
  access: AccessTokens;
  ports: { quarantine: Pick<Quarantine, 'list'> };
  log: Log;
};

/** GET /quarantine: authenticated bodies that could not be read, newest first. */
export function createListQuarantine({ access, ports, log }: ListQuarantineParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .handler(async (event) => {
      const reading = readQuarantineLimit(event.queryStringParameters ?? {});
      if (reading.kind === 'refused') return toProblem(400, reading.reason, { path: reading.path });
      return toJsonResult(200, await listQuarantine(ports, reading.limit));
    });
}

export const handler = initOnce(
  async () => createListQuarantine(await wireListQuarantine()),
  answerNotStarted,
);
