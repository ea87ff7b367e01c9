import pg from 'pg';
import type { Scalar } from '../../core/diagnosis/probe.ts';

const { builtins } = pg.types;

/** Text that PostgreSQL sends for a type, read as what people and expressions can use. */
const readers = new Map<number, (text: string) => Scalar>([
  [builtins.BOOL, (text) => text === 't'],
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, exactNumber],
  [builtins.OID, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.NUMERIC, (text) => (text.includes('.') ? Number(text) : exactNumber(text))],
  [builtins.TIMESTAMPTZ, utcTime],
  [builtins.INTERVAL, secondsOf],
]);

/** Everything else stays the text it is: dates, UUIDs, arrays, JSON. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (type: number) => readers.get(type) ?? String,
};

/** What came out of a reader; anything else would be a mistake of this file. */
export function scalarOf(value: unknown): Scalar {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  throw new TypeError(`a column was read as ${typeof value}`);
}

/** A whole number that JavaScript cannot hold stays text, so that an id is never off by one. */
function exactNumber(text: string): Scalar {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** `2026-11-24 03:12:07 UTC`, whatever the server's zone. */
function utcTime(text: string): Scalar {
  const time = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const UNITS: Record<string, number> = { year: 31_557_600, mon: 2_592_000, day: 86_400 };

/** An interval in seconds, as Prometheus would have it; a month counts 30 days. */
function secondsOf(text: string): Scalar {
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/([+-]?\d+) (year|mon|day)s?/g)) {
    seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  const clock = /([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text);
  if (clock) {
    const [, sign, hours, minutes, rest] = clock;
    seconds += (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest));
  }
  return seconds;
}
