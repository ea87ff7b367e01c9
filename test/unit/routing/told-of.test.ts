import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { toldOf } from '../../../lib/core/routing/told-of.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog } from '../../support/catalog.ts';
import { Story, T0 } from '../../support/incident-story.ts';

const all = catalog();
const incidentOf = (story: Story): Incident => story.incident as Incident;

describe('who was told and what comes next', () => {
  it('names on-call from the first page of a critical incident, with both deadlines', () => {
    const told = toldOf(all, incidentOf(new Story().fires(0, 'a')));

    expect(told).toEqual({
      names: ['on-call'],
      acknowledgeBy: T0 + 15 * MINUTE,
      next: { tier: 2, at: T0 + 30 * MINUTE },
    });
  });

  it('names on-call for a warning only once the reminder has called them', () => {
    const opened = new Story().fires(0, 'a', { severity: 'warning' });
    const before = toldOf(all, incidentOf(opened));

    const reminded = toldOf(all, incidentOf(opened.run(1, 61, ['a'])));

    expect(before.names).toEqual([]);
    expect(before.acknowledgeBy).toBeDefined();
    expect(reminded).toEqual({ names: ['on-call'] });
  });

  it('names the people of every tier reached', () => {
    const told = toldOf(all, incidentOf(new Story().fires(0, 'a').run(1, 61, ['a'])));

    expect(told.names).toEqual(['on-call', 'senior engineer', 'engineering lead', 'product manager']);
    expect(told.next).toBeUndefined();
  });

  it('asks nobody to acknowledge what was acknowledged or is over', () => {
    const acknowledged = toldOf(all, incidentOf(new Story().fires(0, 'a').acknowledge(1)));
    const over = toldOf(all, incidentOf(new Story().fires(0, 'a').ends(5, 'a')));

    expect(acknowledged.acknowledgeBy).toBeUndefined();
    expect(acknowledged.next).toBeDefined();
    expect(over).toEqual({ names: ['on-call'] });
  });
});
