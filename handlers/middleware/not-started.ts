import { log } from '../../lib/wiring.ts';
import { type HttpResult, toProblem } from './http.ts';

/**
 * The answer when a handler could not be built, such as for a bad variable. The log names what is wrong; a
 * configuration error names variables, never values.
 */
export function answerNotStarted(error: unknown): HttpResult {
  log.error('handler not started', { error });
  return toProblem(503, 'The service is not configured well enough to answer; its log says what is wrong.');
}
