import { describe, expect, it } from 'vitest';
import { fingerprintOf, Story, T0 } from '../../support/harness/incident-history.ts';

const HOUR = 3_600_000;
const silenced = { type: 'silenced', by: 'Ana', id: 's-1', until: T0 + HOUR, covered: 2, firing: 3 } as const;

describe('a silence that was made in Alertmanager', () => {
  it('is told quietly, with who made it, until when and how much it covers', () => {
    const story = new Story().fires(0, 'a').play(1, silenced);

    expect(story.told).toEqual(['opened!', 'updated']);
    expect(story.effects.at(-1)).toMatchObject({
      by: 'Ana',
      summary:
        'Silenced in Alertmanager until 2026-11-24 04:00 UTC by Ana: 2 of 3 firing alerts (silence s-1).',
    });
    expect(story.incident?.silence).toEqual({ id: 's-1', by: 'Ana', at: T0 + 60_000, until: T0 + HOUR });
  });

  it('is noted once, and again when its end was moved', () => {
    const story = new Story().fires(0, 'a').play(1, silenced).play(2, silenced);
    const changedAgain = story.last?.changed;

    story.play(3, { ...silenced, until: T0 + 4 * HOUR });

    expect(changedAgain).toBe(false);
    expect(story.told).toEqual(['opened!', 'updated', 'updated']);
  });

  it('is for history alone when it has resolved meanwhile', () => {
    const story = new Story().fires(0, 'a').ends(1, 'a').play(2, silenced);

    expect(story.told).toEqual(['opened!', 'resolved']);
    expect(story.effects.at(-1)).toMatchObject({ kind: 'record', by: 'Ana' });
  });

  it('pauses nothing by itself: tiers wait for Alertmanager’s own word', () => {
    const story = new Story().fires(0, 'a').play(1, silenced).run(2, 31, ['a']);

    expect(story.count('escalated')).toBe(1);
  });

  it('pauses the tiers once Alertmanager says so', () => {
    const story = new Story().fires(0, 'a').play(1, silenced);

    for (let minute = 2; minute < 50; minute += 1) {
      story.reconcile(minute, { kind: 'answer', active: [], suppressed: [fingerprintOf('a')] }).tick(minute);
    }

    expect(story.count('escalated')).toBe(0);
  });
});

describe('resolving by hand under an old message', () => {
  it('ends nothing when something has joined or become worse since', () => {
    const joined = new Story().fires(0, 'a').fires(1, 'b');
    const raised = new Story()
      .fires(0, 'a', { severity: 'warning' })
      .fires(1, 'a2', { severity: 'critical' });

    for (const story of [joined, raised]) {
      story.play(2, { type: 'resolved-by-hand', by: 'Ana', asOf: 1 });

      expect(story.incident?.status).toBe('open');
      expect(story.last?.changed).toBe(false);
    }
  });

  it('ends it when what changed since is not news', () => {
    const story = new Story().fires(0, 'a').fires(1, 'b').ends(2, 'b', { since: 1 });

    story.play(3, { type: 'resolved-by-hand', by: 'Ana', asOf: 2 });

    expect(story.incident?.status).toBe('resolved');
  });
});
