import { describe, expect, it } from 'vitest';
import { matchesAll, parseMatchers } from '../../lib/core/alert/matcher.ts';
import { planSilence } from '../../lib/core/incident/plan-silence.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** A system at the time of the capture, and its one open incident after it was delivered. */
async function received(name: string) {
  const body = capturedEvent(`newest/${name}`);
  const { alerts }: { alerts: { startsAt: string; labels: Record<string, string> }[] } = JSON.parse(body);
  const system = new FirstResponder();
  system.world.clock.set(Math.max(...alerts.map(({ startsAt }) => Date.parse(startsAt))));
  const deliver = async (other: string) => {
    const result = await system.receive([], capturedEvent(`newest/${other}`));
    await system.drain();
    return result;
  };
  const result = await deliver(name);
  const id = result.kind === 'accepted' ? (result.incidents[0]?.id ?? '') : '';
  return { system, deliver, result, id, labels: alerts[0]?.labels ?? {} };
}

describe('an alert whose labels have names of any characters', () => {
  it('pages with them, is quiet while it repeats, and resolves', async () => {
    const { system, deliver, result, id } = await received('firing-utf8-labels');
    const roots = system.slack.roots();
    const shown = JSON.stringify(roots);

    const repeated = await deliver('repeated-utf8-labels');
    const resolved = await deliver('resolved-utf8-labels');

    expect(result).toMatchObject({ kind: 'accepted', incidents: [{ outcome: 'opened' }], rejected: [] });
    expect(shown).toContain('SpeicherErschöpft');
    expect(shown).toContain('service.name=api');
    expect(repeated).toMatchObject({ incidents: [{ id, outcome: 'duplicate' }] });
    expect(resolved).toMatchObject({ incidents: [{ id, outcome: 'resolved' }] });
    expect(system.slack.roots()).toHaveLength(roots.length);
  });

  it('is silenced by exactly these labels', async () => {
    const { system, id, labels } = await received('firing-utf8-labels');
    const record = await system.world.history.record(id);
    if (!record) throw new Error('no incident was opened');

    const plan = planSilence(record.incident, record.alerts, record.incident.version);

    const matchers = plan.kind === 'silence' ? plan.matchers : [];
    expect(Object.fromEntries(matchers.map(({ name, value }) => [name, value]))).toEqual(labels);
  });

  it('falls under a maintenance that names them in quotes', async () => {
    const { labels } = await received('firing-utf8-labels');

    const matchers = parseMatchers(
      String.raw`{"größe"="klein", "quoted \"name\""=~"a .*", "k8s.io/zone"!="b"}`,
    );

    expect(Array.isArray(matchers) && matchesAll(matchers, labels)).toBe(true);
  });
});

describe('a group whose notifications say why they are sent', () => {
  it('is one incident that alerts join and leave', async () => {
    const { deliver, id } = await received('firing-agent');

    const outcomes = [await deliver('joined-agent'), await deliver('partly-resolved-agent')];

    expect(outcomes).toMatchObject([{ incidents: [{ id }] }, { incidents: [{ id }] }]);
  });
});
