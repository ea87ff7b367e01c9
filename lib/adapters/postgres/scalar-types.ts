import type pg from 'pg';
import { formatDurationText } from '../../core/diagnosis/expressions/format-value.ts';

/** https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const OID = 26;
const FLOAT4 = 700;
const FLOAT8 = 701;
const DATE = 1082;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const INTERVAL = 1186;
const NUMERIC = 1700;

const parsers = new Map<number, (text: string) => string | number | boolean>([
  [BOOL, (text) => text === 't'],
  [BYTEA, (text) => `(${Math.max(0, text.length - 2) / 2} bytes)`],
  ...[INT2, INT4, OID, FLOAT4, FLOAT8, INT8, NUMERIC].map((oid) => [oid, exactNumber] as const),
  [DATE, (text) => text],
  [TIMESTAMP, wholeSeconds],
  [TIMESTAMPTZ, (text) => `${wholeSeconds(text.replace(/[+-]\d\d(:\d\d)*$/, ''))} UTC`],
  [INTERVAL, intervalText],
]);

/** Turns cells into plain values: numbers where they are exact, times in UTC, intervals in readable form. */
export const scalarTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number) => {
    const parse = parsers.get(oid) ?? String;
    return (value: string | Buffer) => parse(String(value));
  },
};

/** A number that JavaScript cannot hold exactly stays text. */
function exactNumber(text: string): string | number {
  const value = Number(text);
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '');
  return Number.isFinite(value) && digits.length <= 15 ? value : text;
}

function wholeSeconds(text: string): string {
  return text.replace(/\.\d+$/, '');
}

/** `1 day 02:03:04.5` in IntervalStyle postgres; a month counts 30 days, as in extract(epoch from …). */
function intervalText(text: string): string {
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(-?\d+) (year|mon|day)/g)) {
    seconds += Number(amount) * (unit === 'year' ? 31_557_600 : unit === 'mon' ? 2_592_000 : 86_400);
  }
  const time = /([+-]?)(\d+):(\d+):(\d+(?:\.\d+)?)/.exec(text);
  if (time) {
    const part = Number(time[2]) * 3_600 + Number(time[3]) * 60 + Number(time[4]);
    seconds += time[1] === '-' ? -part : part;
  }
  return seconds < 0 ? `-${formatDurationText(-seconds)}` : formatDurationText(seconds);
}
