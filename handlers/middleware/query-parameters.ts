import { clip } from '../../lib/core/shared/clip.ts';
import type { HttpEvent } from './http.ts';

export type QueryParameters =
  | { kind: 'ok'; parameters: Record<string, string> }
  /** `path` is the parameter at fault, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/**
 * The query string, each parameter at most once. It is read from its raw form: API Gateway joins a repeated
 * parameter's values with a comma, which makes a third value.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function parseQueryParameters(event: Pick<HttpEvent, 'rawQueryString'>): QueryParameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(event.rawQueryString)) {
    if (parameters.has(name)) {
      const path = clip(name, 40);
      return { kind: 'refused', path, reason: `${path} is given more than once.` };
    }
    parameters.set(name, value);
  }
  return { kind: 'ok', parameters: Object.fromEntries(parameters) };
}
