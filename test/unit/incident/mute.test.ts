import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../../lib/core/incident/event.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { findNextDue } from '../../../lib/core/incident/state-machine/next-due.ts';
import { transition } from '../../../lib/core/incident/state-machine/transition.ts';
import { isFiring } from '../../../lib/core/incident/status.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { firing, incidentPolicy, resolved, T0 } from '../../support/harness/incident-scenario.ts';

const policy = incidentPolicy();
const identity = { key: 'k', source: 'prod', alertname: 'A', group: {}, externalURL: '' };

/** Events that an incident can get within a minute. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.constant('tick' as const) },
  fc.constantFrom('fires' as const, 'resolves' as const, 'acknowledged' as const),
  fc.record({ mutedFor: fc.integer({ min: 1, max: 90 }) }),
  fc.constantFrom('mute-ended' as const, 'unmuted' as const),
);

function eventOf(
  what: typeof happening extends fc.Arbitrary<infer T> ? T : never,
  now: number,
): IncidentEvent {
  if (typeof what === 'object')
    return { type: 'muted', maintenance: 'm', until: now + what.mutedFor * MINUTE };
  switch (what) {
    case 'tick':
      return { type: 'tick' };
    case 'fires':
      return { type: 'received', identity, alerts: [firing('a', now)] };
    case 'resolves':
      return { type: 'received', identity, alerts: [resolved('a', now - MINUTE, now)] };
    case 'acknowledged':
      return { type: 'acknowledged', by: 'Ana' };
    case 'mute-ended':
      return { type: 'mute-ended', endedAt: now };
    case 'unmuted':
      return { type: 'unmuted', unverified: undefined };
  }
}

describe('a muted incident', () => {
  it('calls no tier, reminds nobody, and is unmuted by the first tick after the mute ends', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 150 }), (scenario) => {
        let incident: Incident | undefined;
        for (const [minute, what] of ['fires' as const, ...scenario].entries()) {
          const now = T0 + minute * MINUTE;
          const before = incident;
          const result = transition(incident, eventOf(what, now), now, policy);
          incident = result.incident && { ...result.incident, effects: [] };
          const muted = before?.muted;
          if (muted !== undefined && now < muted.until) {
            for (const { reason } of result.effects) expect(['reminder', 'escalated']).not.toContain(reason);
          }
          if (incident?.muted)
            expect(findNextDue(incident, policy)).toBeLessThanOrEqual(incident.muted.until);
          if (what !== 'tick' || muted === undefined || now < muted.until || before === undefined) continue;
          expect(incident?.muted).toBeUndefined();
          if (!isFiring(before)) continue;
          expect(result.effects).toHaveLength(1);
          expect(incident).toMatchObject({ tiers: { clockStartedAt: now, highest: 1 } });
          expect(result.effects[0]?.ping).toBe(result.effects[0]?.reason === 'opened');
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('an unverified firing that no maintenance covers pages as unverified', () => {
  const received: IncidentEvent = { type: 'received', identity, alerts: [firing('a', T0)] };
  const open = transition(undefined, received, T0, policy).incident;
  const muted = transition(open, { type: 'muted', maintenance: 'm', until: T0 + HOUR }, T0, policy).incident;

  const { effects } = transition(muted, { type: 'unmuted', unverified: 'no answer' }, T0 + MINUTE, policy);

  expect(effects).toMatchObject([{ reason: 'opened', ping: true, unverified: 'no answer' }]);
});
