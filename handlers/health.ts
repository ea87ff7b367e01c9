import { type HttpResult, json } from './middleware/http.ts';

/** GET /health: the API is up and runs code. It asks nothing else, so that a slow part never takes it down. */
export async function handler(): Promise<HttpResult> {
  return json(200, { status: 'ok' });
}
