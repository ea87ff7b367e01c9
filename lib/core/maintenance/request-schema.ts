import * as z from 'zod/mini';
import { matchesAll, parseMatchers } from '../alert/matcher.ts';
import { parseJsonObject } from '../shared/parse-json-object.ts';
import { DAY, type Millis } from '../shared/time.ts';

/** Anything longer is a change of routing. */
const LONGEST = 30 * DAY;

const createText = (max: number) =>
  z
    .string({ error: 'must be text' })
    .check(
      z.trim(),
      z.minLength(1, 'must not be empty'),
      z.maxLength(max, `has more than ${max} characters`),
    );
const time = z.iso.datetime({
  offset: true,
  error: 'must be a time with an offset, such as 2026-11-24T03:00:00+01:00',
});

/** POST /maintenance. `matchers` in amtool's syntax, in one text or a list; `from` defaults to now. */
const requestSchema = z.strictObject({
  matchers: z.union(
    [
      createText(2_000),
      z
        .array(createText(2_000))
        .check(z.minLength(1, 'must not be empty'), z.maxLength(20, 'has more than 20 entries')),
    ],
    {
      error: 'must be matchers such as {alertname="DiskSpaceWarning"}, in one text or a list',
    },
  ),
  from: z.optional(time),
  to: time,
  by: createText(100),
  reason: createText(500),
});

export type MaintenanceRequest = { matchers: string; from: Millis; to: Millis; by: string; reason: string };

export type MaintenanceReading =
  | { kind: 'ok'; request: MaintenanceRequest }
  /** `path` is the invalid field, `reason` one sentence that names it. */
  | { kind: 'refused'; path: string; reason: string };

/** Reads a request; a refusal names the first invalid field. */
export function readMaintenanceRequest(body: string | undefined, now: Millis): MaintenanceReading {
  const read = parseJsonObject(body);
  if (read.kind === 'refused') return refuse('', read.what);
  const parsed = requestSchema.safeParse(read.value, { error: () => 'is missing or not as expected' });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path =
      issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : (issue?.path ?? []).map(String).join('.');
    const what = issue?.code === 'unrecognized_keys' ? 'is not a field of a maintenance' : issue?.message;
    return refuse(path, what ?? 'is not as expected');
  }
  const { by, reason, matchers } = parsed.data;
  const from = parsed.data.from === undefined ? now : Date.parse(parsed.data.from);
  const to = Date.parse(parsed.data.to);
  if (to <= now) return refuse('to', 'must be in the future');
  if (to <= from) return refuse('to', 'must be later than from');
  if (to - from > LONGEST) return refuse('to', 'must be at most 30 days after from');
  if (from < now - LONGEST) return refuse('from', 'must not lie more than 30 days back');

  const text = (typeof matchers === 'string' ? [matchers] : matchers).map(stripBraces).join(', ');
  const parsedMatchers = parseMatchers(text);
  if (!Array.isArray(parsedMatchers)) {
    return refuse('matchers', `cannot be read: ${parsedMatchers.mistake}`);
  }
  if (parsedMatchers.every((matcher) => matchesAll([matcher], {}))) {
    return refuse('matchers', 'must hold at least one that an alert without the label does not match');
  }
  return { kind: 'ok', request: { matchers: text, from, to, by, reason } };
}

function stripBraces(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1).trim() : trimmed;
}

function refuse(path: string, what: string): MaintenanceReading {
  return { kind: 'refused', path, reason: `${path || 'The body'} ${what}.` };
}
