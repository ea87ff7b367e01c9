import * as z from 'zod/mini';
import { isLocalTime, isTimeZone, type LocalTime, toInstant } from '../shared/local-time.ts';
import type { Millis } from '../shared/time.ts';
import type { Contact, Rotation } from './runbook.ts';
import { prose } from './value-schema.ts';

// runbooks/contacts.yaml. Compiled at build time, like runbook-schema.ts: none of this is deployed.

/** `2026-11-23 09:00`, with a T or a space in the middle. */
const localTime = z.pipe(
  z.string(),
  z.transform((written, context): LocalTime => {
    const local = written.trim().replace(' ', 'T');
    if (isLocalTime(local)) return local;
    const message = 'must be a local date and time like 2026-11-23 09:00';
    context.issues.push({ code: 'custom', message, input: written });
    return z.NEVER;
  }),
);

/**
 * A local time, with or without its offset: `2026-12-24 18:00`, `2026-12-24T18:00+02:00`, `2026-12-24
 * 16:00Z`.
 */
const edge = z
  .string()
  .check(
    z.refine(
      (written) => parseEdge(written, 'UTC') !== undefined,
      'must be a local date and time like 2026-12-24 18:00, or one with its offset like 2026-12-24T18:00+02:00',
    ),
  );

const days = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,2}[dw]$/, 'must be whole days or weeks like 1d, 1w or 2w')),
  z.transform((written) => Number.parseInt(written, 10) * (written.endsWith('w') ? 7 : 1)),
);

const rotationFields = z.strictObject({
  who: z.array(prose).check(z.minLength(1)),
  start: localTime,
  length: z._default(days, 7),
  time_zone: z.string().check(z.refine(isTimeZone, 'must be a time zone like Europe/Vilnius')),
  overrides: z._default(z.array(z.strictObject({ who: prose, from: edge, until: edge })), []),
});

const rotationSchema = z.pipe(
  rotationFields,
  z.transform(({ time_zone, length, overrides, ...same }, context): Rotation => {
    const compiled = overrides.map(({ who, from, until }) => ({
      who,
      from: parseEdge(from, time_zone) ?? 0,
      until: parseEdge(until, time_zone) ?? 0,
    }));
    for (const [i, { from, until }] of compiled.entries()) {
      if (from < until) continue;
      const path = ['overrides', i, 'until'];
      context.issues.push({ code: 'custom', path, message: 'must be later than from', input: overrides });
    }
    return { ...same, days: length, timeZone: time_zone, overrides: compiled };
  }),
);

/** A person, a group or a rotation. One shape for all, so that a mistake is reported at its own field. */
const contact = z.pipe(
  z.strictObject({
    name: prose,
    slack: z.exactOptional(prose),
    email: z.exactOptional(z.array(z.email())),
    rotation: z.exactOptional(rotationSchema),
  }),
  z.transform(({ name, rotation, ...reached }, context): Contact => {
    if (rotation === undefined) return { name, ...reached };
    for (const key of Object.keys(reached)) {
      const message = 'cannot stand beside a rotation, whose people are notified instead';
      context.issues.push({ code: 'custom', path: [key], message, input: reached });
    }
    return { name, rotation };
  }),
);

/** runbooks/contacts.yaml */
export const contactsSchema = z.strictObject({ contacts: z.record(z.string(), contact) });

function parseEdge(written: string, timeZone: string): Millis | undefined {
  const [, local = '', offset] = /^(.*?)(Z|[+-]\d\d:\d\d)?$/.exec(written.trim().replace(' ', 'T')) ?? [];
  if (!isLocalTime(local)) return undefined;
  const at = offset === undefined ? toInstant(local, timeZone) : Date.parse(`${local}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}
