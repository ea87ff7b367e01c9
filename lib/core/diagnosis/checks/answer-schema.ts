import * as z from 'zod/mini';
import { describeText, refuseAnswer } from './failure-words.ts';
import type { ProbeResult } from './probe.ts';

/** An answer with a good status. `body`: the parsed JSON, or the text if the text is no JSON. */
export type JsonAnswer = { contentType?: unknown; body: unknown };

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;
const PLAIN_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/;

/** Labels or annotations, whatever their names: `z.record` would drop one that is named `__proto__`. */
export const textsSchema = z.custom<Record<string, string>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string'),
);

/**
 * The answer if it has the shape of `server`'s answers, else a failure that names what is wrong and where. A login page
 * or another program at the address must never look like "nothing there". The reason repeats nothing of the answer.
 */
export function parseAnswer<T>(
  server: string,
  schema: z.ZodMiniType<T>,
  { contentType, body }: JsonAnswer,
): ProbeResult<T> {
  if (typeof body === 'string') return refuseAnswer(server, describeText(body));
  if (typeof contentType === 'string' && contentType !== '' && !JSON_TYPE.test(contentType)) {
    return refuseAnswer(server, `its content type is ${PLAIN_TYPE.exec(contentType)?.[0] ?? 'not JSON'}`);
  }
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return { kind: 'ok', value: parsed.data };
  const [issue] = parsed.error.issues;
  const what = issue?.code === 'custom' && issue.message !== NOT_SAID ? issue.message : 'has another shape';
  return refuseAnswer(server, `${formatPath(issue?.path ?? [])} ${what}`);
}

/** The message of a check that gives none of its own. */
const NOT_SAID = 'Invalid input';

/** `data.result[0].value`. */
function formatPath(path: readonly PropertyKey[]): string {
  const written = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return written === '' ? 'it' : written.replace(/^\./, '');
}
