import { describe, expect, it } from 'vitest';
import { highlightChanges } from '../../../lib/core/notice/document/highlight-changes.ts';

describe('the change between two sentences', () => {
  it.each([
    [
      '10 of 10 connections open, 0 idle',
      '4 of 10 connections open, 6 idle',
      '10 → 4 of 10 connections open, 0 → 6 idle',
    ],
    ['blocked for 14 m 02 s', 'blocked for 28 m 10 s', 'blocked for 14 m 02 s → 28 m 10 s'],
    [
      '14 orders rejected (the last 1 m 27 s ago)',
      '14 orders rejected (the last 1 m 16 s ago)',
      '14 orders rejected (the last 1 m 27 s → 1 m 16 s ago)',
    ],
    ['idle for 58 s on average', 'idle for 1 m 02 s on average', 'idle for 58 s → 1 m 02 s on average'],
    [
      '4 agents not active (a, b, c +1)',
      '5 agents not active (a, b, d +2)',
      '4 → 5 agents not active (a, b, c +1) → d +2)',
    ],
    ['disk 91 %', 'disk 61 %', 'disk 91 → 61 %'],
  ])('is shown inside one sentence when both are alike: %s', (before, after, expected) => {
    expect(highlightChanges(before, after)).toBe(expected);
  });

  it.each([
    ['10 of 10 connections open', 'no connections'],
    ['pid 4711 blocks 3 sessions', 'no session blocks another one'],
    ['', 'no session blocks another'],
  ])('is shown as both sentences when they differ: %s', (before, after) => {
    expect(highlightChanges(before, after)).toBe(`${before} → ${after}`);
  });
});
