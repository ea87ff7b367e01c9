import { describe, expect, it } from 'vitest';
import { renderSlackDigest } from '../../../lib/channels/slack/render/digest.ts';
import type { StormEntry } from '../../../lib/core/storm/storm.ts';

const T0 = Date.parse('2026-11-24T03:00:00Z');

function entry(index: number, change: Partial<StormEntry> = {}): StormEntry {
  return {
    incidentId: `incident${index}.1`,
    seq: 1,
    at: T0,
    addedAt: T0,
    alertname: `Burst${String(index).padStart(3, '0')}`,
    group: '',
    source: 'prod',
    severity: 'warning',
    openedAt: T0,
    alerts: 1,
    state: 'firing',
    ...change,
  };
}

/** The text of a digest, line by line. */
function linesOf(entries: StormEntry[]): string[] {
  const { blocks } = renderSlackDigest({ startedAt: T0, entries, stormAfter: 20, now: T0 });
  return blocks
    .flatMap(({ text }) => (text === undefined ? [] : [(text as { text: string }).text]))
    .flatMap((text) => text.split('\n'));
}

describe('the digest of a storm', () => {
  it('fits the width of a phone if the names do, counts first', () => {
    const lines = linesOf(Array.from({ length: 30 }, (_, index) => entry(index)));

    const table = lines.slice(lines.indexOf('```') + 1, lines.lastIndexOf('```'));
    expect(table.slice(0, 2)).toEqual(['n  firing  alert', '1       1  Burst000 (warning)']);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(34);
  });

  it('names no incident twice if only alertnames differ', () => {
    const text = linesOf([entry(1), entry(2, { state: 'resolved' })]).join('\n');

    expect(text.split('Burst001')).toHaveLength(2);
    expect(text).toContain('1       0  Burst002 (warning)');
  });

  it('lists every alertname of a storm of 300, in Slack as well', () => {
    const entries = Array.from({ length: 300 }, (_, index) =>
      entry(index, {
        severity: index % 3 === 0 ? 'info' : 'warning',
        state: index === 299 ? 'resolved' : 'firing',
      }),
    );

    const text = linesOf(entries).join('\n');

    for (const { alertname } of entries) expect(text).toContain(alertname);
    expect(text).toContain('Burst299 (resolved)');
    expect(text).not.toMatch(/… \d+ more/);
  });

  it('counts the names that do not fit', () => {
    const text = linesOf(Array.from({ length: 1_000 }, (_, index) => entry(index))).join('\n');

    expect(text).toContain('… 560 more');
  });

  it.each([
    ['labels', [entry(1, { group: 'db-1' }), entry(1, { incidentId: 'other.1', group: 'db-2' })], 'db-2'],
    ['sources', [entry(1), entry(2, { source: 'staging' })], 'staging'],
  ])('names the first incidents where %s tell them apart', (_, entries, word) => {
    const text = linesOf(entries).join('\n');

    expect(text).toContain('*The first of them*');
    expect(text).toContain(word);
  });
});
