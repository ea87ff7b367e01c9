import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnwritableError } from '../../lib/core/incident/incident-store.ts';
import type { Runbook, RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { receiveWebhook } from '../../lib/flow/receive/receive-webhook.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';

type Setup = { world: MemoryWorld; catalog: RunbookCatalog; backOffs: number[] };

function setUp(runbooks: Runbook[] = [runbook()]): Setup {
  return { world: createMemoryWorld(), catalog: catalog({}, runbooks), backOffs: [] };
}

function receive(setup: Setup, alerts: Record<string, unknown>[], body = webhookBody(alerts)) {
  return receiveWebhook(
    {
      ...setup.world,
      catalog: setup.catalog,
      backOff: async (attempt) => {
        setup.backOffs.push(attempt);
      },
    },
    { source: 'prod', body, now: setup.world.clock.now() },
  );
}

const incidentsOf = (setup: Setup) => [...setup.world.incidents.items.values()];
const reasonsOf = (setup: Setup) => setup.world.effects.sent.map((message) => message.effect.reason);

describe('webhooks that race', () => {
  it('open exactly one incident when 50 of them bring the same alert at once', async () => {
    const setup = setUp();
    const alert = webhookAlert({ startsAt: setup.world.clock.now() });

    await Promise.all(Array.from({ length: 50 }, () => receive(setup, [alert])));

    expect(incidentsOf(setup)).toHaveLength(1);
    expect(reasonsOf(setup)).toEqual(['opened']);
    expect(incidentsOf(setup)[0]?.effects).toEqual([]);
  });

  it('each add their own alert to the one incident; a loser is retried or wins', async () => {
    const setup = setUp();
    const startsAt = setup.world.clock.now();
    const deliveries = Array.from({ length: 20 }, (_, pod) => [
      webhookAlert({ startsAt, labels: { pod: `p${pod}` } }),
    ]);

    const first = await Promise.allSettled(deliveries.map((alerts) => receive(setup, alerts)));
    // A loser of too many races got a 5xx, and Alertmanager repeats the webhook.
    for (const [index, result] of first.entries()) {
      if (result.status === 'rejected') await receive(setup, deliveries[index] ?? []);
    }

    const [incident, ...others] = incidentsOf(setup);
    expect(others).toEqual([]);
    expect(incident?.alerts).toHaveLength(20);
    const ids = setup.world.effects.sent.map((message) => message.effect.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(reasonsOf(setup).filter((reason) => reason === 'opened')).toHaveLength(1);
  });

  it('give up after eight lost races, so that the sender tries again', async () => {
    const setup = setUp();
    const { incidents } = setup.world;
    const losing = { ...setup, world: { ...setup.world, incidents: { ...incidents, write: lose } } };
    let writes = 0;
    async function lose(): Promise<'conflict'> {
      writes += 1;
      return 'conflict';
    }

    const delivery = receive(losing, [webhookAlert({ startsAt: 1_000 })]);

    await expect(delivery).rejects.toThrow('1 parts of this webhook');
    expect(writes).toBe(8);
    expect(setup.backOffs).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('a webhook that fails partly', () => {
  const alertnames = ['A', 'B', 'C'];
  const bodyOf = (setup: Setup) =>
    alertnames.map((alertname) => webhookAlert({ alertname, startsAt: setup.world.clock.now() }));

  it.each(['incidents.latest', 'incidents.write', 'effects.hand', 'incidents.keepEffects'])(
    'publishes the other parts, fails as a whole, and is complete after the retry when %s fails once',
    async (call) => {
      const setup = setUp();
      setup.world.faults.failOn(call);

      await expect(receive(setup, bodyOf(setup))).rejects.toThrow(AggregateError);
      const atFirst = reasonsOf(setup).length;
      await receive(setup, bodyOf(setup));

      expect(atFirst).toBeGreaterThanOrEqual(2);
      expect(incidentsOf(setup).map((incident) => incident.alertname)).toEqual(
        expect.arrayContaining(alertnames),
      );
      expect(incidentsOf(setup).every((incident) => incident.effects.length === 0)).toBe(true);
      expect(reasonsOf(setup)).toEqual(['opened', 'opened', 'opened']);
    },
  );

  it('whose write was stored without an answer makes no second incident or notice', async () => {
    const setup = setUp();
    setup.world.faults.failOn('incidents.write', { moment: 'after' });

    await expect(receive(setup, bodyOf(setup))).rejects.toThrow(AggregateError);
    await receive(setup, bodyOf(setup));

    expect(incidentsOf(setup)).toHaveLength(3);
    expect(reasonsOf(setup)).toEqual(['opened', 'opened', 'opened']);
  });

  it('keeps the effects that the queue did not accept, and publishes them with the next webhook, oldest first', async () => {
    const setup = setUp();
    const startsAt = setup.world.clock.now();
    const [first, second] = ['p1', 'p2'].map((pod) => webhookAlert({ startsAt, labels: { pod } }));
    setup.world.effects.acceptOnly(0);
    await expect(receive(setup, [first ?? {}])).rejects.toThrow(AggregateError);
    setup.world.effects.acceptOnly(1);
    await expect(receive(setup, [second ?? {}])).rejects.toThrow(AggregateError);

    await receive(setup, [first ?? {}]);

    expect(reasonsOf(setup)).toEqual(['opened', 'joined']);
    expect(incidentsOf(setup)[0]?.effects).toEqual([]);
  });
});

describe('the incident that a webhook leaves', () => {
  const resolved = (setup: Setup, startsAt: number) =>
    webhookAlert({ startsAt, status: 'resolved', endsAt: setup.world.clock.now() });

  it('is due when the first timer ends, not for effects that are already published', async () => {
    const setup = setUp();
    const openedAt = setup.world.clock.now();

    await receive(setup, [webhookAlert({ startsAt: openedAt })]);

    // Acknowledge within 15 minutes; Alertmanager is asked 6 minutes before the reminder.
    expect(incidentsOf(setup)[0]?.nextDueAt).toBe(openedAt + 9 * MINUTE);
  });

  it('is a second episode when it fires again after the reopen window', async () => {
    const setup = setUp();
    const startsAt = setup.world.clock.now();
    await receive(setup, [webhookAlert({ startsAt })]);
    setup.world.clock.advance(MINUTE);
    await receive(setup, [resolved(setup, startsAt)]);
    setup.world.clock.advance(11 * MINUTE);

    await receive(setup, [webhookAlert({ startsAt: setup.world.clock.now() })]);

    expect(incidentsOf(setup).map(({ episode, version }) => [episode, version])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(reasonsOf(setup)).toEqual(['opened', 'resolved', 'opened']);
  });
});

describe('the result of a webhook', () => {
  it('lists the incidents in the order of their alerts, and the rejected alerts by position', async () => {
    const setup = setUp();
    const startsAt = setup.world.clock.now();
    const alerts = ['B', 'A', 'C'].map((alertname) => webhookAlert({ alertname, startsAt }));
    await receive(setup, [webhookAlert({ alertname: 'A', startsAt })]);

    const result = await receive(setup, [{}, ...alerts]);

    expect(result).toMatchObject({
      incidents: [{ outcome: 'opened' }, { outcome: 'duplicate' }, { outcome: 'opened' }],
      rejected: [{ index: 0, reason: 'labels is missing' }],
    });
  });

  it('is empty for a webhook without alerts', async () => {
    const setup = setUp();

    expect(await receive(setup, [])).toEqual({ kind: 'accepted', incidents: [], rejected: [] });
    expect(setup.world.faults.calls).toEqual({});
  });
});

describe('a body that cannot be read', () => {
  it('is quarantined once, however often it comes, with its source, time and reason', async () => {
    const setup = setUp();
    const at = setup.world.clock.now();
    const body = `{"alerts":"${'x'.repeat(300_000)}"}`;

    const result = await receive(setup, [], body);
    setup.world.clock.advance(MINUTE);
    await receive(setup, [], body);

    expect(result).toEqual({ kind: 'malformed', path: 'alerts', reason: 'alerts must be a list' });
    const [entry, ...others] = await setup.world.quarantine.list(10);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ source: 'prod', at, reason: 'alerts must be a list', body });
  });

  it('is not answered as malformed when it could not be stored', async () => {
    const setup = setUp();
    setup.world.faults.failOn('quarantine.add');

    await expect(receive(setup, [], '{')).rejects.toThrow('quarantine.add failed');
  });
});

describe('alerts that cannot be accepted', () => {
  const bad = { status: 'firing', labels: ['Odd'] };

  it('are one quarantine entry with their reasons, and the same entry when repeated', async () => {
    const setup = setUp();
    const good = webhookAlert({ startsAt: setup.world.clock.now() });

    const result = await receive(setup, [bad, good, { ...bad, labels: 'none' }]);
    setup.world.clock.advance(5 * MINUTE);
    await receive(setup, [bad, good, { ...bad, labels: 'none' }]);

    const [entry, ...others] = await setup.world.quarantine.list(10);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ source: 'prod', id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(entry?.reason).toMatch(/^2 of 3 alerts could not be accepted: the first, alerts\[0\], \S/);
    const { rejected } = JSON.parse(entry?.body ?? '');
    expect(rejected).toMatchObject([
      { index: 0, alert: bad },
      { index: 2, alert: { labels: 'none' } },
    ]);
    expect(result).toMatchObject({ kind: 'accepted', quarantined: entry?.id });
  });

  it('fail the webhook when they could not be stored; other alerts are accepted at once', async () => {
    const setup = setUp();
    const alerts = [bad, webhookAlert({ startsAt: setup.world.clock.now() })];
    setup.world.faults.failOn('quarantine.add');

    await expect(receive(setup, alerts)).rejects.toThrow(AggregateError);
    const again = await receive(setup, alerts);

    expect(reasonsOf(setup)).toEqual(['opened']);
    expect(again).toMatchObject({ incidents: [{ outcome: 'duplicate' }], rejected: [{ index: 0 }] });
    expect(await setup.world.quarantine.list(10)).toHaveLength(1);
  });

  it('are only those that the table refuses, never their neighbours', async () => {
    const setup = setUp();
    const startsAt = setup.world.clock.now();
    const pods = ['a', 'b', 'poison', 'c', 'd'].map((pod) => webhookAlert({ startsAt, labels: { pod } }));
    const { incidents } = setup.world;
    const write = incidents.write;
    incidents.write = async (incident, expected) => {
      if (JSON.stringify(incident).includes('poison')) throw new UnwritableError('the table refuses it');
      return write(incident, expected);
    };

    const result = await receive(setup, [bad, ...pods]);

    const [incident, ...others] = incidentsOf(setup);
    expect(others).toEqual([]);
    expect(incident?.alerts).toHaveLength(4);
    expect(result).toMatchObject({
      kind: 'accepted',
      incidents: [{ id: incident?.id, outcome: 'opened' }],
      rejected: [{ index: 0 }, { index: 3, reason: 'the table refuses it' }],
    });
    const [entry] = await setup.world.quarantine.list(10);
    expect(JSON.parse(entry?.body ?? '').rejected[1].alert.labels.pod).toBe('poison');
  });
});

describe('a webhook of very many incidents', () => {
  const many = (setup: Setup, count: number) =>
    Array.from({ length: count }, (_, n) =>
      webhookAlert({ alertname: `A${n}`, startsAt: setup.world.clock.now() }),
    );

  /** Each write takes this long; simultaneous writes overlap. */
  function slowWrites(setup: Setup, ms: number): { most: number } {
    const { incidents, clock } = setup.world;
    const write = incidents.write;
    const running = { now: 0, most: 0 };
    incidents.write = async (incident, expected) => {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      clock.advance(ms);
      const result = await write(incident, expected);
      running.now -= 1;
      return result;
    };
    return running;
  }

  it('is processed in parts: it stops after 20 s, and a repeat finds the finished parts as duplicates', async () => {
    const setup = setUp();
    const alerts = many(setup, 5_000);
    const running = slowWrites(setup, 10);

    const first = await receive(setup, alerts);
    const stored = incidentsOf(setup).length;
    const second = await receive(setup, alerts);
    const third = await receive(setup, alerts);

    expect(first).toEqual({ kind: 'unfinished', done: stored, total: 5_000 });
    expect(stored).toBeGreaterThanOrEqual(2_000);
    expect(stored).toBeLessThan(2_010);
    expect(second).toMatchObject({ kind: 'unfinished', total: 5_000 });
    expect(third).toMatchObject({ kind: 'accepted' });
    expect(incidentsOf(setup)).toHaveLength(5_000);
    expect(reasonsOf(setup)).toHaveLength(5_000);
    expect(running.most).toBeLessThanOrEqual(8);
  });

  it('is complete in the end, even if finding the finished parts takes all the time', async () => {
    const setup = setUp();
    const alerts = many(setup, 2_000);
    const { incidents, clock } = setup.world;
    const latest = incidents.latest;
    incidents.latest = (key) => {
      // 1,000 reads fill the 20 s.
      clock.advance(20);
      return latest(key);
    };

    let deliveries = 0;
    for (let kind = 'unfinished'; kind === 'unfinished' && deliveries < 30; deliveries += 1) {
      ({ kind } = await receive(setup, alerts));
      // Alertmanager's retries come at arbitrary times.
      clock.advance(1_237);
    }

    expect(incidentsOf(setup)).toHaveLength(2_000);
  });

  it('quarantines its unacceptable alerts even when it is unfinished', async () => {
    const setup = setUp();
    slowWrites(setup, 15_000);

    const result = await receive(setup, [{ status: 'gone' }, ...many(setup, 20)]);

    expect(result).toMatchObject({ kind: 'unfinished' });
    expect(await setup.world.quarantine.list(10)).toHaveLength(1);
  });
});

describe('a runbook whose group_by changed', () => {
  const byPod = runbook({ alertname: 'X', groupBy: ['alertname', 'pod'] });
  const byName = runbook({ alertname: 'X', groupBy: ['alertname'] });
  const pod = (setup: Setup, name: string, more = {}) =>
    webhookAlert({ alertname: 'X', startsAt: setup.world.clock.now(), labels: { pod: name }, ...more });

  it('keeps open incidents with their alerts and resolves, and applies to new incidents', async () => {
    const setup = setUp([byPod]);
    const [a, b] = ['a', 'b'].map((name) => pod(setup, name));
    await receive(setup, [a ?? {}, b ?? {}]);
    setup.catalog = catalog({}, [{ ...byName, previousGroupBy: [byPod.groupBy] }]);
    const startsAt = setup.world.clock.now();
    setup.world.clock.advance(MINUTE);
    const over = { startsAt, status: 'resolved', endsAt: setup.world.clock.now() };

    const result = await receive(setup, [pod(setup, 'a', over), b ?? {}, pod(setup, 'c'), pod(setup, 'd')]);

    expect(result).toMatchObject({
      incidents: [{ outcome: 'resolved' }, { outcome: 'duplicate' }, { outcome: 'opened' }],
    });
    expect(incidentsOf(setup).map((incident) => incident.alerts.length)).toEqual([1, 1, 2]);
  });

  it('still sends a late report to the incident that has just ended', async () => {
    const setup = setUp([byName]);
    const startsAt = setup.world.clock.now();
    const fires = pod(setup, 'a');
    await receive(setup, [fires]);
    setup.world.clock.advance(MINUTE);
    await receive(setup, [
      pod(setup, 'a', { startsAt, status: 'resolved', endsAt: setup.world.clock.now() }),
    ]);
    setup.catalog = catalog({}, [{ ...byPod, previousGroupBy: [byName.groupBy] }]);

    const late = await receive(setup, [fires]);

    expect(late).toMatchObject({ incidents: [{ outcome: 'recorded' }] });
    expect(incidentsOf(setup)).toHaveLength(1);
  });

  it('gives a new incident the episode under the earlier key as its previous episode', async () => {
    const setup = setUp([byPod]);
    const startsAt = setup.world.clock.now();
    await receive(setup, [pod(setup, 'a')]);
    setup.world.clock.advance(30 * MINUTE);
    // The resolve comes late: by the alerts' own clock the next firing is another episode.
    await receive(setup, [pod(setup, 'a', { startsAt, status: 'resolved', endsAt: startsAt + MINUTE })]);
    setup.catalog = catalog({}, [{ ...byName, previousGroupBy: [byPod.groupBy] }]);

    await receive(setup, [pod(setup, 'a')]);

    const [first, second] = incidentsOf(setup);
    expect(second).toMatchObject({ key: first?.key, episode: 2, group: { pod: 'a' } });
  });

  it('applies after the reopen window of the last incident', async () => {
    const setup = setUp([byName]);
    const startsAt = setup.world.clock.now();
    await receive(setup, [pod(setup, 'a')]);
    await receive(setup, [pod(setup, 'a', { startsAt, status: 'resolved', endsAt: startsAt + 1_000 })]);
    setup.catalog = catalog({}, [{ ...byPod, previousGroupBy: [byName.groupBy] }]);
    setup.world.clock.advance(11 * MINUTE);

    await receive(setup, [pod(setup, 'a')]);

    expect(incidentsOf(setup).map((incident) => incident.group)).toEqual([{}, { pod: 'a' }]);
  });
});

describe('any body at all', () => {
  it('is accepted or quarantined, never an exception', async () => {
    const text = fc.oneof(
      fc.constantFrom('firing', 'resolved', '2026-11-24T03:00:00Z', '__proto__'),
      fc.string(),
    );
    const labels = fc.dictionary(fc.oneof(fc.constantFrom('alertname', 'severity', '__proto__'), text), text);
    const alert = fc.record(
      {
        status: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('firing', 'resolved') }, fc.jsonValue()),
        labels: fc.oneof({ weight: 9, arbitrary: labels }, fc.jsonValue()),
        annotations: fc.oneof(labels, fc.jsonValue()),
        startsAt: fc.oneof(fc.date({ noInvalidDate: true }), text, fc.jsonValue()),
        endsAt: fc.oneof(fc.date({ noInvalidDate: true }), text, fc.jsonValue()),
        fingerprint: fc.oneof(text, fc.jsonValue()),
      },
      { requiredKeys: ['status', 'labels', 'startsAt'] },
    );
    const body = fc.oneof(fc.record({ alerts: fc.array(alert, { maxLength: 5 }) }), fc.jsonValue());

    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        const setup = setUp();

        const result = await receive(setup, [], JSON.stringify(json));

        const quarantined = await setup.world.quarantine.list(10);
        const whole = result.kind === 'accepted' && result.rejected.length === 0;
        expect(quarantined).toHaveLength(whole ? 0 : 1);
        expect(incidentsOf(setup).every((incident) => incident.effects.length === 0)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
