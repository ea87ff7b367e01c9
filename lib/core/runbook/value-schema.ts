import * as z from 'zod/mini';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../shared/time.ts';

// Values that several kinds of files under runbooks/ share. Compiled at build time, like runbook-schema.ts.

const units: Record<string, Millis> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** A duration as Prometheus writes it: `30s`, `10m`, `8h`, `1h30m`. */
export const duration = z.pipe(
  z.string().check(z.regex(/^(\d+[smhd])+$/, 'must be a length of time like 30s, 10m or 1h30m')),
  z.transform((text): Millis => {
    let total = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g)) {
      total += Number(amount) * (units[unit ?? ''] ?? 0);
    }
    return total;
  }),
);
export const longer = z.refine<Millis>((millis) => millis > 0, 'must be longer than 0');
export const length = duration.check(longer);

/** Text for people on one line, however the file folds it. */
export const prose = z.pipe(
  z.string().check(z.regex(/\S/, 'must not be empty')),
  z.transform((text) => text.trim().replace(/\s+/g, ' ')),
);
