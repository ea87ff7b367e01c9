import middy from '@middy/core';
import { type HttpEvent, type HttpResult, toJsonResult } from './middleware/http.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

/** GET /health: the API is up and runs code. It asks nothing else, so that a slow service never takes it down. */
export const handler = middy<HttpEvent, HttpResult>()
  .use(validateParameters())
  .handler(async () => toJsonResult(200, { status: 'ok' }));
