import type { IncidentQuery } from '../../lib/core/history/history.ts';
import { readIncidentQuery } from '../../lib/core/history/query-schema.ts';
import { type HttpEvent, type HttpResult, toProblem } from './http.ts';
import { parseQueryParameters } from './query-parameters.ts';

type Rest = Parameters<typeof readIncidentQuery> extends [unknown, ...infer Others] ? Others : never;

/** The query of a listing of any format, from its query string; or the 400 that names the mistake. */
export function parseIncidentQuery(
  event: Pick<HttpEvent, 'rawQueryString'>,
  ...rest: Rest
): { kind: 'ok'; query: IncidentQuery } | { kind: 'refused'; answer: HttpResult } {
  const given = parseQueryParameters(event);
  const reading = given.kind === 'ok' ? readIncidentQuery(given.parameters, ...rest) : given;
  if (reading.kind === 'ok') return reading;
  return { kind: 'refused', answer: toProblem(400, reading.reason, { path: reading.path }) };
}
