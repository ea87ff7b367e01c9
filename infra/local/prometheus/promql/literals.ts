import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../../../../lib/core/shared/time.ts';
import { QueryMistake } from './expression.ts';

const units: Record<string, Millis> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

/** `5m`, `1h30m`, or a bare number of seconds. */
export function durationOf(text: string): Millis {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return numberOf(text) * SECOND;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  return total;
}

/** `3`, `1e-3`, `0x1f`, `Inf`, `NaN`, with a sign or without; a duration is its seconds. */
export function numberOf(text: string): number {
  const [, sign, digits = ''] = /^([-+]?)\s*(.*)$/s.exec(text) ?? [];
  const value = unsigned(digits.toLowerCase().replaceAll('_', ''));
  return sign === '-' ? -value : value;
}

function unsigned(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return /^(\d+(ms|[smhdwy]))+$/.test(text) ? durationOf(text) / SECOND : Number(text);
}

const escapes: Record<string, string> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The text of a literal in double quotes, single quotes or backticks. */
export function textOf(literal: string): string {
  const inside = literal.slice(1, -1);
  if (literal.startsWith('`')) return inside;
  return inside.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.?))/gs,
    (_whole, x?: string, u?: string, long?: string, octal?: string, character?: string) => {
      const code = x ?? u ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (character === '\\' || character === '"' || character === "'") return character;
      const known = escapes[character ?? ''];
      if (known === undefined) throw new QueryMistake('bad_data', 'unknown escape sequence in a string');
      return known;
    },
  );
}
