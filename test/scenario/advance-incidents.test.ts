import { describe, expect, it } from 'vitest';
import type { ActiveAlert, ProbeResult } from '../../lib/core/diagnosis/checks/probe.ts';
import { mayAlertFire } from '../../lib/core/incident/alert-state.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import type { Runbook, RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { receiveWebhook } from '../../lib/flow/receive/receive-webhook.ts';
import { type AdvanceIncidentsPorts, advanceIncidents } from '../../lib/flow/tick/advance-incidents.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';

type Answer = ProbeResult<ActiveAlert[]>;

/** Webhooks and ticks on fakes; each test says what Alertmanager's API answers. */
class Ticking {
  readonly world: MemoryWorld = createMemoryWorld();
  catalog: RunbookCatalog;
  /** Queried sources, in order. */
  readonly asked: string[] = [];
  readonly logged: string[] = [];
  answer: (source: string) => Answer | Promise<Answer> = () => ({ kind: 'ok', value: this.firing() });

  constructor(runbooks: Runbook[] = [runbook()]) {
    this.catalog = catalog({}, runbooks);
  }

  get now(): number {
    return this.world.clock.now();
  }

  get incidents(): Incident[] {
    return [...this.world.incidents.items.values()];
  }

  /** Reason of each published effect, with `!` when it pings. */
  get notified(): string[] {
    return this.world.effects.sent.map(({ effect }) => `${effect.reason}${effect.ping ? '!' : ''}`);
  }

  receive(alerts: Record<string, unknown>[], source = 'prod') {
    return receiveWebhook(
      { ...this.world, catalog: this.catalog, backOff: async () => {} },
      { source, body: webhookBody(alerts), now: this.now },
    );
  }

  /** One firing alert for each alertname. */
  fire(alertnames: string[], source = 'prod') {
    return this.receive(
      alertnames.map((alertname) => webhookAlert({ alertname, startsAt: this.now })),
      source,
    );
  }

  /** All active alerts, as the API lists them. */
  firing(state: ActiveAlert['state'] = 'active'): ActiveAlert[] {
    return this.incidents.flatMap(({ alerts }) =>
      alerts
        .filter(mayAlertFire)
        .map(({ fingerprint, startsAt }) => ({ fingerprint, labels: {}, annotations: {}, startsAt, state })),
    );
  }

  get ports(): AdvanceIncidentsPorts {
    const log = (message: string) => {
      this.logged.push(message);
    };
    return {
      ...this.world,
      catalog: this.catalog,
      backOff: async () => {},
      alertmanager: {
        alerts: async (source) => {
          this.asked.push(source);
          return this.answer(source);
        },
      },
      abortAfter: () => new AbortController().signal,
      log: { info: log, warn: log, error: log },
    };
  }

  tick(change: Partial<AdvanceIncidentsPorts> = {}) {
    return advanceIncidents({ ...this.ports, ...change }, { stopAfterMs: 45 * SECOND });
  }

  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.world.clock.advance(MINUTE);
      await this.tick();
    }
  }

  /** The store, with some calls replaced. */
  incidentsWith(change: Partial<MemoryWorld['incidents']>): Partial<AdvanceIncidentsPorts> {
    return { incidents: { ...this.world.incidents, ...change } };
  }

  /** While the first incident is processed, all others receive another webhook. */
  hearingMeanwhile(): Partial<AdvanceIncidentsPorts> {
    const { get } = this.world.incidents;
    let reads = 0;
    return this.incidentsWith({
      get: async (id) => {
        reads += 1;
        const heard = reads > 1;
        const incident = await get(id);
        return incident && heard ? { ...incident, lastSeenAt: this.now + SECOND } : incident;
      },
    });
  }
}

describe('querying Alertmanager', () => {
  it('happens once per source and tick, and only if a decision needs it', async () => {
    const system = new Ticking(['A', 'B', 'C'].map((alertname) => runbook({ alertname })));
    await system.fire(['A', 'B', 'C'], 'prod');
    await system.fire(['A', 'B'], 'staging');

    await system.minutes(8);
    const early = [...system.asked];
    system.world.clock.advance(MINUTE);
    await system.tick();

    expect(early).toEqual([]);
    expect(system.asked.toSorted()).toEqual(['prod', 'staging']);
  });

  it('happens again for an incident that changed after the query', async () => {
    const system = new Ticking(['A', 'B', 'C'].map((alertname) => runbook({ alertname })));
    await system.fire(['A', 'B', 'C']);
    system.world.clock.advance(30 * MINUTE);

    await system.tick(system.hearingMeanwhile());

    expect(system.asked).toEqual(['prod', 'prod']);
  });

  it('is not repeated in a tick when the source did not answer', async () => {
    const system = new Ticking(['A', 'B'].map((alertname) => runbook({ alertname })));
    await system.fire(['A', 'B']);
    system.world.clock.advance(30 * MINUTE);
    system.answer = () => Promise.reject(new Error('socket hang up'));

    await system.tick(system.hearingMeanwhile());

    expect(system.asked).toEqual(['prod']);
    expect(system.notified.slice(2)).toEqual(['escalated!', 'escalated!']);
    expect(system.world.effects.sent.at(-1)?.effect.unverified).toBe('socket hang up');
  });

  it('is reported as impossible without a configured Alertmanager, and the notice still goes out', async () => {
    const system = new Ticking();
    await system.fire(['DatabaseConnectionPoolCritical']);
    system.world.clock.advance(30 * MINUTE);
    const { alertmanager: _, ...ports } = system.ports;

    await advanceIncidents(ports, { stopAfterMs: 45 * SECOND });

    expect(system.world.effects.sent.at(-1)?.effect).toMatchObject({
      reason: 'escalated',
      unverified: 'ALERTMANAGER_URL is not set',
    });
  });

  it('distinguishes silenced alerts from absent ones', async () => {
    const system = new Ticking();
    await system.fire(['DatabaseConnectionPoolCritical']);
    system.answer = () => ({ kind: 'ok', value: system.firing('suppressed') });

    await system.minutes(90);

    expect(system.notified).toEqual(['opened!', 'updated']);
    expect(system.incidents[0]?.reconcile.pausedSince).toBeDefined();
  });

  it('closes an incident whose alerts every peer lacks in two answers five minutes apart', async () => {
    const system = new Ticking([runbook({ staleAfter: HOUR })]);
    await system.fire(['DatabaseConnectionPoolCritical']);
    system.answer = () => ({ kind: 'ok', value: [] });

    await system.minutes(20);

    expect(system.notified).toEqual(['opened!', 'closed']);
  });

  it('finds the alerts of an overflowing incident by key, including a key of an earlier group_by', async () => {
    const byName = runbook({ alertname: 'X', groupBy: ['alertname'], staleAfter: HOUR });
    const system = new Ticking([byName]);
    const startsAt = system.now;
    const pods = Array.from({ length: 10_001 }, (_, pod) => ({ pod: `p${pod}` }));
    await system.receive(pods.map((labels) => webhookAlert({ alertname: 'X', startsAt, labels })));
    system.catalog = catalog({}, [
      { ...byName, groupBy: ['alertname', 'pod'], previousGroupBy: [byName.groupBy] },
    ]);
    const untracked: ActiveAlert = {
      fingerprint: 'f'.repeat(16),
      labels: { alertname: 'X', pod: 'p10000' },
      annotations: {},
      startsAt,
      state: 'active',
    };
    system.answer = () => ({ kind: 'ok', value: [untracked] });

    await system.minutes(20);

    const [incident] = system.incidents;
    expect(incident?.overflow).toBe(1);
    expect(incident?.status).toBe('open');
    expect(system.notified).not.toContain('closed');
  });
});

describe('an incident that tracks as many alerts as it can', () => {
  it('pages for a critical one behind 10,000 warnings, and calls the later tiers', async () => {
    const byName = runbook({ alertname: 'X', groupBy: ['alertname'] });
    const system = new Ticking([byName]);
    const startsAt = system.now;
    const warnings = Array.from({ length: 10_000 }, (_, pod) =>
      webhookAlert({ alertname: 'X', startsAt, labels: { pod: `p${pod}`, severity: 'warning' } }),
    );
    const critical = webhookAlert({ alertname: 'X', startsAt, labels: { pod: 'c', severity: 'critical' } });
    await system.receive(warnings);
    await system.receive([...warnings, critical]);
    await system.receive([...warnings, critical]);

    const [incident] = system.incidents;
    expect(incident).toMatchObject({ severity: 'critical', overflow: 1 });
    expect(incident?.alerts).toHaveLength(10_000);
    expect(system.notified).toEqual(['opened!', 'raised!']);
  });
});

describe('an incident that needs both reconciling and a due notice', () => {
  it('gets both in one write and one message batch', async () => {
    const system = new Ticking();
    const startsAt = system.now;
    await system.receive(['p1', 'p2'].map((pod) => webhookAlert({ startsAt, labels: { pod } })));
    await system.minutes(23);
    const [kept] = system.firing();
    system.answer = () => ({ kind: 'ok', value: kept ? [kept] : [] });
    await system.minutes(1);
    system.world.clock.set(startsAt + 30 * MINUTE);
    const before = system.notified.length;
    system.world.faults.reset();

    await system.tick();

    expect(system.notified.slice(before)).toEqual(['updated', 'escalated!']);
    expect(system.world.faults.calls).toEqual({
      'incidents.due': 1,
      'incidents.get': 1,
      'incidents.write': 1,
      'effects.hand': 1,
      'incidents.keepEffects': 1,
    });
  });
});

describe('effects left behind by a crash', () => {
  it('are published within two ticks, and only once', async () => {
    const system = new Ticking();
    system.world.effects.acceptOnly(0);
    await expect(system.fire(['DatabaseConnectionPoolCritical'])).rejects.toThrow(AggregateError);

    await system.minutes(2);
    await system.minutes(3);

    expect(system.notified).toEqual(['opened!']);
    expect(system.incidents[0]?.effects).toEqual([]);
  });

  it('wait while the queue is down, and are published in the first tick after', async () => {
    const system = new Ticking();
    system.world.faults.failOn('effects.hand', { times: 4 });
    await expect(system.fire(['DatabaseConnectionPoolCritical'])).rejects.toThrow(AggregateError);

    await system.minutes(3);
    const whileDown = system.notified;
    await system.minutes(1);

    expect(whileDown).toEqual([]);
    expect(system.notified).toEqual(['opened!']);
  });
});

describe('an incident that fails in a tick', () => {
  const names = Array.from({ length: 12 }, (_, i) => `A${i}`);
  const runbooks = names.map((alertname) => runbook({ alertname }));

  it('stops no other, and is due again in the next tick', async () => {
    const system = new Ticking(runbooks);
    await system.fire(names);
    system.world.clock.advance(30 * MINUTE);
    system.world.faults.failOn('incidents.write', { times: 3 });

    const first = await system.tick();
    system.world.clock.advance(MINUTE);
    const second = await system.tick();

    expect(first).toEqual({ due: 12, changed: 9, failed: 3, left: 0 });
    expect(second).toMatchObject({ changed: 3, failed: 0 });
    expect(system.notified.filter((notified) => notified === 'escalated!')).toHaveLength(12);
    expect(system.logged).toContain('an incident could not be processed');
  });

  it('is processed after all others', async () => {
    const system = new Ticking(runbooks);
    await system.fire(['A0']);
    system.world.clock.advance(30 * MINUTE);
    system.world.faults.failOn('incidents.write');

    await system.tick();

    expect(await system.world.incidents.due(system.now, 10)).toEqual([]);
    expect(await system.world.incidents.due(system.now + 30 * SECOND, 10)).toHaveLength(1);
  });

  it('does not starve the others, even if a whole batch is unreadable', async () => {
    const many = Array.from({ length: 520 }, (_, i) => `A${i}`);
    const system = new Ticking();
    await system.fire(many);
    const poisoned = new Set(await system.world.incidents.due(system.now + 24 * HOUR, 500));
    const { get } = system.world.incidents;
    system.world.clock.advance(HOUR);

    const summary = await system.tick(
      system.incidentsWith({
        get: (id) => (poisoned.has(id) ? Promise.reject(new Error('newer schema')) : get(id)),
      }),
    );

    expect(summary).toMatchObject({ due: 520, failed: 500, left: 0 });
    expect(summary.changed).toBe(20);
  });
});

describe('a tick', () => {
  it('stops when it takes too long, and leaves the rest for the next one', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `A${i}`);
    const system = new Ticking(names.map((alertname) => runbook({ alertname })));
    await system.fire(names);
    system.world.clock.advance(30 * MINUTE);
    const { get } = system.world.incidents;
    const slow = system.incidentsWith({
      get: (id) => {
        system.world.clock.advance(3 * SECOND);
        return get(id);
      },
    });

    const first = await system.tick(slow);
    system.world.clock.advance(MINUTE);
    await system.tick();

    expect(first.left).toBeGreaterThan(0);
    expect(first.changed).toBeGreaterThan(0);
    expect(system.notified.filter((notified) => notified === 'escalated!')).toHaveLength(40);
  });

  it('sends nothing twice when two run at once', async () => {
    const system = new Ticking();
    await system.fire(['DatabaseConnectionPoolCritical']);
    system.world.clock.advance(30 * MINUTE);

    await Promise.all([system.tick(), system.tick(), system.tick()]);

    expect(system.notified).toEqual(['opened!', 'escalated!']);
  });

  it('lets a resolve that arrives meanwhile win over a due tier', async () => {
    const system = new Ticking();
    const startsAt = system.now;
    await system.fire(['DatabaseConnectionPoolCritical']);
    system.world.clock.advance(30 * MINUTE);
    const over = webhookAlert({ startsAt, status: 'resolved', endsAt: system.now });
    const { get } = system.world.incidents;

    const summary = await system.tick(
      system.incidentsWith({
        get: async (id) => {
          const incident = await get(id);
          await system.receive([over]);
          return incident;
        },
      }),
    );

    expect(summary).toMatchObject({ changed: 0, failed: 0 });
    expect(system.notified).toEqual(['opened!', 'resolved']);
  });

  it('leaves nothing due, so that no incident is read every minute in vain', async () => {
    const system = new Ticking();
    await system.fire(['DatabaseConnectionPoolCritical']);

    for (let minute = 0; minute < 120; minute += 1) {
      system.world.clock.advance(MINUTE);
      await system.tick();
      expect(await system.world.incidents.due(system.now, 10), `minute ${minute}`).toEqual([]);
    }
  });

  it('corrects due times when a runbook’s times change', async () => {
    const system = new Ticking();
    await system.fire(['DatabaseConnectionPoolCritical']);
    const never = { tiers: [], acknowledgeStopsTiers: false };
    const escalation = { default: { critical: never, warning: never, info: never } };
    system.catalog = catalog({ escalation });

    await system.minutes(15);

    expect(await system.world.incidents.due(system.now, 10)).toEqual([]);
    expect(system.notified).toEqual(['opened!']);
  });
});
