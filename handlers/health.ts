import middy from '@middy/core';
import { checkAddress } from './middleware/check-address.ts';
import { type HttpEvent, type HttpResult, json } from './middleware/http.ts';

/** GET /health: the API is up and runs code. It asks nothing else, so that a slow part never takes it down. */
export const handler = middy<HttpEvent, HttpResult>()
  .use(checkAddress())
  .handler(async () => json(200, { status: 'ok' }));
