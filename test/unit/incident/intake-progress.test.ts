import { describe, expect, it } from 'vitest';
import { findUnfinished } from '../../../lib/core/incident/intake-progress.ts';

describe('what follows of a list that one tick cannot take in', () => {
  it('goes on where the tick stopped, and is done at the end', () => {
    expect(findUnfinished(undefined, { from: '', next: 'k', failed: false })).toEqual({ next: 'k' });
    expect(findUnfinished({ next: 'k' }, { from: 'k', failed: false })).toBeUndefined();
  });

  it('begins again at its end when anything failed on the way', () => {
    const failed = findUnfinished(undefined, { from: '', next: 'k', failed: true });
    expect(failed).toEqual({ next: 'k', failed: true });
    expect(findUnfinished(failed, { from: 'k', failed: false })).toEqual({ next: '' });
  });

  it('forgets a failure once the whole list was taken in by one tick', () => {
    expect(findUnfinished({ next: 'k', failed: true }, { from: '', failed: false })).toBeUndefined();
  });

  it('is a whole round for an incident that came while another was on its way', () => {
    expect(findUnfinished(undefined, { from: 'k', failed: false })).toEqual({ next: '' });
    expect(findUnfinished({ next: 'b' }, { from: 'k', next: 'p', failed: false })).toEqual({ next: 'b' });
  });
});
