import middy from '@middy/core';
import { type HttpEvent, type HttpResult, toJsonResult, toRefusal } from './middleware/http.ts';
import { refuseParameters } from './middleware/parameters.ts';

/** GET /health: the API is up and runs code. It asks nothing else, so that a slow service never takes it down. */
export const handler = middy<HttpEvent, HttpResult>().handler(async (event) => {
  const given = refuseParameters(event);
  return given.kind === 'refused' ? toRefusal(given) : toJsonResult(200, { status: 'ok' });
});
