import { log } from '../../lib/wiring.ts';
import { type HttpResult, toProblem } from './http.ts';

/**
 * The answer when a handler could not be built, for example because of a bad variable. The log has the reason; a
 * configuration error names variables, never values.
 */
export function answerNotStarted(error: unknown): HttpResult {
  log.error('handler not started', { error });
  return toProblem(503, 'The configuration of the service is not valid; its log has the reason.');
}
