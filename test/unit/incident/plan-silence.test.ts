import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertDetail } from '../../../lib/core/alert/alert.ts';
import { isAlertFiring } from '../../../lib/core/incident/alert-state.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { planSilence, type SilencePlan } from '../../../lib/core/incident/plan-silence.ts';
import { storedIncident } from '../../support/factories/stored-incident.ts';

type Fired = { labels: Record<string, string>; joinedSeq?: number; firing?: boolean; known?: boolean };

/** An incident of AgentDown by cluster, and the details of its alerts. */
function incidentOf(...alerts: Fired[]): { incident: Incident; details: AlertDetail[] } {
  const base = storedIncident();
  const [sample] = base.alerts;
  if (sample === undefined) throw new Error('a stored incident has an alert');
  const fingerprint = (index: number) => String(index).padStart(16, '0');
  return {
    incident: {
      ...base,
      version: 9,
      alertname: 'AgentDown',
      group: { cluster: 'a' },
      overflow: 0,
      alerts: alerts.map(({ joinedSeq = 1, firing = true }, index) => ({
        ...sample,
        fingerprint: fingerprint(index),
        state: firing ? 'firing' : 'resolved',
        joinedSeq,
      })),
    },
    details: alerts.flatMap(({ labels, known = true }, index) =>
      known
        ? [
            {
              fingerprint: fingerprint(index),
              labels: { alertname: 'AgentDown', cluster: 'a', ...labels },
              annotations: {},
              generatorURL: '',
              startsAt: 0,
            },
          ]
        : [],
    ),
  };
}

function plan(alerts: Fired[], asOf = 9, change: Partial<Incident> = {}): SilencePlan {
  const { incident, details } = incidentOf(...alerts);
  return planSilence({ ...incident, ...change }, details, asOf);
}

function matchersOf(planned: SilencePlan): Record<string, string> {
  if (planned.kind !== 'silence') throw new Error(`it is ${planned.kind}`);
  return Object.fromEntries(planned.matchers.map(({ name, value }) => [name, value]));
}

describe('a planned silence', () => {
  it('matches one alert by all its labels', () => {
    const planned = plan([{ labels: { pod: 'p1', severity: 'warning' } }]);

    expect(matchersOf(planned)).toEqual({
      alertname: 'AgentDown',
      cluster: 'a',
      pod: 'p1',
      severity: 'warning',
    });
    expect(planned).toMatchObject({ covered: 1, firing: 1 });
  });

  it('matches several alerts by their shared labels, so that another severity is not silenced', () => {
    const planned = plan([
      { labels: { pod: 'p1', severity: 'warning' } },
      { labels: { pod: 'p2', severity: 'warning' } },
    ]);

    expect(matchersOf(planned)).toEqual({ alertname: 'AgentDown', cluster: 'a', severity: 'warning' });
    expect(planned).toMatchObject({ covered: 2, firing: 2 });
  });

  it('ignores resolved alerts', () => {
    const planned = plan([{ labels: { pod: 'p1' } }, { labels: { pod: 'p2' }, firing: false }]);

    expect(matchersOf(planned)).toMatchObject({ pod: 'p1' });
  });

  it('covers the whole incident if the labels of some alerts are unknown', () => {
    const unknown = plan([{ labels: { pod: 'p1' } }, { labels: {}, known: false }]);
    const untracked = plan([{ labels: { pod: 'p1' } }], 9, { overflow: 5 });

    expect(matchersOf(unknown)).toEqual({ alertname: 'AgentDown', cluster: 'a' });
    expect(matchersOf(untracked)).toEqual({ alertname: 'AgentDown', cluster: 'a' });
    expect(untracked).toMatchObject({ covered: 6, firing: 6 });
  });

  it('matches an absent grouping label as empty', () => {
    const planned = plan([{ labels: { cluster: '' } }], 9, { group: { cluster: '' } });

    expect(matchersOf(planned)).toMatchObject({ cluster: '' });
  });

  it('does not match by a value that was cut when stored', () => {
    const planned = plan([{ labels: { query: `${'x'.repeat(1023)}…`, pod: 'p1' } }]);

    expect(matchersOf(planned)).toEqual({ alertname: 'AgentDown', cluster: 'a', pod: 'p1' });
  });

  it('is impossible if no label identifies the alerts', () => {
    const nameless = {
      fingerprint: '0000000000000000',
      labels: {},
      annotations: {},
      generatorURL: '',
      startsAt: 0,
    };
    const { incident } = incidentOf({ labels: {} });

    expect(planSilence({ ...incident, group: {} }, [nameless], 9).kind).toBe('nothing-to-match');
  });
});

describe('a silence requested from an old message', () => {
  it('is created if it covers only the alerts shown there', () => {
    const planned = plan([{ labels: { pod: 'p1' } }, { labels: { pod: 'p2' }, joinedSeq: 5 }], 3);

    expect(matchersOf(planned)).toMatchObject({ pod: 'p1' });
    expect(planned).toMatchObject({ covered: 1, firing: 2 });
  });

  it('is not created if it would cover a newer alert', () => {
    const shown = [{ labels: { pod: 'p1' } }, { labels: { pod: 'p2' } }];

    expect(plan([...shown, { labels: { pod: 'p3' }, joinedSeq: 5 }], 3)).toMatchObject({
      kind: 'grown',
      changes: { alerts: 1 },
    });
    expect(plan([...shown, { labels: {}, known: false, joinedSeq: 5 }], 3).kind).toBe('grown');
    expect(plan([{ labels: { pod: 'p3' }, joinedSeq: 5 }], 3).kind).toBe('grown');
  });

  it('covers every shown alert and no other, whatever fires', () => {
    const label = fc.constantFrom('x', 'y');
    const fired = fc.record({
      labels: fc.record({ pod: label, zone: label, severity: label }),
      joinedSeq: fc.constantFrom(1, 5),
      firing: fc.boolean(),
      known: fc.boolean(),
    });

    fc.assert(
      fc.property(fc.array(fired, { minLength: 1, maxLength: 6 }), (alerts) => {
        const { incident, details } = incidentOf(...alerts);
        const planned = planSilence(incident, details, 3);
        fc.pre(planned.kind === 'silence');

        const matchers = matchersOf(planned);
        const isQuiet = ({ labels }: AlertDetail) =>
          Object.entries(matchers).every(([name, value]) => (labels[name] ?? '') === value);
        for (const detail of details) {
          const alert = incident.alerts.find(({ fingerprint }) => fingerprint === detail.fingerprint);
          if (alert && isAlertFiring(alert)) expect(isQuiet(detail)).toBe(alert.joinedSeq <= 3);
        }
      }),
    );
  });
});
