import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDetails } from '../../../lib/core/history/merge-details.ts';
import { STORED_AT, storedDetail } from '../../support/factories/stored-incident.ts';

const details = fc.array(
  fc
    .record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'ü'), start: fc.nat({ max: 3 }), text: fc.string() })
    .map(({ name, start, text }) =>
      storedDetail(name, { startsAt: STORED_AT + start, annotations: { text } }),
    ),
);

describe('merged alert details', () => {
  it('have one entry per fingerprint, and a repeat changes nothing', () => {
    fc.assert(
      fc.property(details, details, (stored, added) => {
        const once = mergeDetails(mergeDetails([], stored), added);

        expect(new Set(once.map((detail) => detail.fingerprint)).size).toBe(once.length);
        expect(mergeDetails(once, added)).toEqual(once);
      }),
    );
  });

  it('stay within their byte limit, and no stored one is dropped', () => {
    fc.assert(
      fc.property(details, details, fc.integer({ min: 2, max: 1_000 }), (stored, added, maxBytes) => {
        const before = mergeDetails([], stored, maxBytes);
        const after = mergeDetails(before, added, maxBytes);

        expect(Buffer.byteLength(JSON.stringify(after))).toBeLessThanOrEqual(maxBytes);
        expect(after.map(fingerprintOf).slice(0, before.length)).toEqual(before.map(fingerprintOf));
      }),
    );
  });

  it('have the latest firing of each alert, in whatever order they come', () => {
    const early = storedDetail('a', { annotations: { text: 'early' } });
    const late = storedDetail('a', { startsAt: STORED_AT + 1, annotations: { text: 'late' } });

    expect([mergeDetails([early], [late]), mergeDetails([late], [early])]).toEqual([[late], [late]]);
  });

  it('keep the earlier text of an alert whose later one is too long', () => {
    const early = storedDetail('a');
    const late = storedDetail('a', { startsAt: STORED_AT + 1, annotations: { text: 'x'.repeat(1_000) } });

    expect(mergeDetails([early], [late], 500)).toEqual([early]);
  });
});

function fingerprintOf(detail: { fingerprint: string }): string {
  return detail.fingerprint;
}
