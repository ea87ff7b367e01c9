import { readIncidentQuery } from '../../lib/core/history/query-schema.ts';
import { clip } from '../../lib/core/shared/clip.ts';
import type { HttpEvent, Refused } from './http.ts';

type Rest = Parameters<typeof readIncidentQuery> extends [unknown, ...infer Others] ? Others : never;

/** The query of a listing of any format, from its query string. */
export function parseIncidentQuery(event: Pick<HttpEvent, 'rawQueryString'>, ...rest: Rest) {
  const given = parseQueryParameters(event);
  return given.kind === 'refused' ? given : readIncidentQuery(given.parameters, ...rest);
}

/**
 * The query string, each parameter at most once. It is read from its raw form: API Gateway joins a repeated
 * parameter's values with a comma, which makes a third value.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function parseQueryParameters(
  event: Pick<HttpEvent, 'rawQueryString'>,
): { kind: 'ok'; parameters: Record<string, string> } | Refused {
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
