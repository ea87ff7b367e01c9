import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFingerprint } from '../../../lib/core/alert/fingerprint.ts';

/** FNV-1a 64 as its definition says, with bigint. */
function reference(bytes: Iterable<number>): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

describe('the computed fingerprint', () => {
  it('is the FNV offset for an alert without labels', () => {
    expect(computeFingerprint({})).toBe('cbf29ce484222325');
  });

  it('does not depend on the order of the labels', () => {
    expect(computeFingerprint({ a: '1', b: '2' })).toBe(computeFingerprint({ b: '2', a: '1' }));
  });

  it('is FNV-1a 64 over names and values in UTF-8, each followed by the byte 255', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
        const bytes = [...new TextEncoder().encode('pod'), 255, ...new TextEncoder().encode(value), 255];

        expect(computeFingerprint({ pod: value })).toBe(reference(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});
