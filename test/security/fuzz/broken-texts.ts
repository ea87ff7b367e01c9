import fc from 'fast-check';
import { payloads } from '../payloads/payloads.ts';

/** Any text: of the corpus, of any bytes, or much of one piece. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...payloads.map(({ text }) => text).filter((text) => text.length < 500)),
  },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('(', '[', '{', '"', '\\', 'a', '.*', '🔥', '\ud800', ' ', '&', '%', '='),
        fc.integer({ min: 1, max: 3_000 }),
      )
      .map(([unit, count]) => unit.repeat(count)),
  },
);

/** A valid text with parts cut out, doubled, exchanged, or replaced. */
export function broken(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 0, max: 30 }),
    insert: fc.oneof(
      fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '=', '%', '0', '-', '\n', '\0'),
      anyText,
    ),
  });
  return fc.tuple(valid, fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((current, { at, length, insert }) => {
      const from = Math.floor(at * current.length);
      return current.slice(0, from) + insert + current.slice(from + length);
    }, text),
  );
}

/** Any JSON value, hostile names and depths included. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 4, arbitrary: anyText },
  { weight: 2, arbitrary: fc.constantFrom(null, true, 0, -1, 1e308, '', [], {}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('__proto__', 'constructor', 'toString', 'a', ''),
      fc.jsonValue(),
      { maxKeys: 3 },
    ),
  },
);
