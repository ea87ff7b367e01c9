import middy from '@middy/core';
import { type HttpEvent, type HttpResult, json } from './middleware/http.ts';
import { checkAddress } from './middleware/validate-parameters.ts';

/** GET /health: the API is up and runs code. It asks nothing else, so that a slow part never takes it down. */
export const handler = middy<HttpEvent, HttpResult>()
  .use(checkAddress())
  .handler(async () => json(200, { status: 'ok' }));
