import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type Millis, SECOND } from '../../lib/core/shared/time.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

type Alert = { alertname?: string; labels?: Record<string, string> };

/** An incident opens, and its notice is sent. */
async function open(system: FirstResponder, alert: Alert = {}): Promise<{ id: string; startsAt: Millis }> {
  const startsAt = system.now;
  const result = await system.receive([webhookAlert({ startsAt, ...alert })]);
  await system.drain();
  const id = result.kind === 'accepted' ? (result.incidents[0]?.id ?? '') : '';
  return { id, startsAt };
}

async function end(system: FirstResponder, startsAt: Millis, alert: Alert = {}): Promise<void> {
  await system.receive([webhookAlert({ status: 'resolved', startsAt, endsAt: system.now, ...alert })]);
  await system.drain();
}

const dirtyHours = (system: FirstResponder) => system.world.statistics.dirtyHours.list();
const warning = (alertname: string) => ({ alertname, labels: { severity: 'warning' } });

describe('the statistics of a day', () => {
  it('follow an incident from its opening to its end, a minute behind', async () => {
    const system = new FirstResponder();
    const { id, startsAt } = await open(system);

    await system.minute();
    const opened = await system.statistics();
    await system.minutes(3);
    await system.acknowledge(id);
    await system.drain();
    await system.minute();
    const acknowledged = await system.statistics();
    await system.minutes(5);
    await end(system, startsAt);
    await system.minute();
    const ended = await system.statistics();

    expect(opened).toMatchObject({
      incidents: 1,
      open: 1,
      bySeverity: [
        { severity: 'critical', incidents: 1 },
        { severity: 'warning', incidents: 0 },
        { severity: 'info', incidents: 0 },
      ],
      byCategory: [{ category: 'infrastructure', incidents: 1 }],
      byAlertname: [{ alertname: 'DatabaseConnectionPoolCritical', incidents: 1, alerts: 1 }],
      mtta: { counted: 0, leftOut: 1 },
      mttr: { counted: 0, leftOut: 1 },
      diagnoses: { count: 1, neededAttention: 1 },
    });
    expect(acknowledged.mtta).toMatchObject({ counted: 1, leftOut: 0 });
    expect(acknowledged.mtta.medianSeconds).toBeCloseTo(240, -1);
    expect(acknowledged.mttr).toEqual({ counted: 0, leftOut: 1 });
    expect(ended).toMatchObject({
      incidents: 1,
      open: 0,
      neverAcknowledged: 0,
      mttr: { counted: 1, leftOut: 0 },
    });
    expect(ended.mttr.medianSeconds).toBeCloseTo(600, -1);
    expect(ended.byDay).toHaveLength(1);
  });

  it('show which incidents nobody acknowledged and which flapped', async () => {
    const system = new FirstResponder();
    let alone = await open(system, warning('Alone'));
    await end(system, alone.startsAt, warning('Alone'));
    for (let round = 0; round < 4; round += 1) {
      await system.minute();
      const flapping = await open(system, warning('Flapping'));
      await system.minute();
      await end(system, flapping.startsAt, warning('Flapping'));
    }
    await system.minutes(1);

    alone = await open(system, warning('Other'));
    await system.minute();

    expect(await system.statistics()).toMatchObject({
      incidents: 3,
      open: 1,
      neverAcknowledged: 2,
      flapping: 1,
    });
  });

  it('count the notices that interrupt each tier, by person and hour', async () => {
    const system = new FirstResponder();
    const { startsAt } = await open(system);
    system.alertmanager = [...system.world.incidents.items.values()].flatMap(({ alerts }) =>
      alerts.map(({ fingerprint }) => fingerprint),
    );
    await system.minutes(61);
    await end(system, startsAt);
    await system.minute();

    const { notices } = await system.statistics();

    const hours = (system.now - Date.UTC(2026, 10, 24)) / HOUR;
    const pagesOf = [...system.world.incidents.items.values()][0]?.paging.counts ?? [];
    expect(notices.map(({ notices: sent }) => sent)).toEqual(pagesOf);
    expect(notices.map(({ people }) => people)).toEqual([1, 1, 2]);
    expect(notices[2]?.perPersonHour).toBeCloseTo((pagesOf[2] ?? 0) / 2 / hours, 4);
  });

  it('leave out an incident that never fired', async () => {
    const system = new FirstResponder();
    await system.receive([
      webhookAlert({ status: 'resolved', startsAt: system.now - HOUR, endsAt: system.now }),
    ]);
    await system.minutes(3);

    expect(await system.statistics()).toMatchObject({ incidents: 0, open: 0 });
    expect(await dirtyHours(system)).toEqual([]);
  });

  it('count an incident in the hour of its opening, and a diagnosis in the hour of its start', async () => {
    const system = new FirstResponder();
    system.found = [finding({ verdict: 'normal' })];
    await open(system);
    await system.minutes(30);
    system.world.clock.set(Date.UTC(2026, 10, 24, 4, 5));
    await system.minutes(2);

    const third = await system.statistics({ from: Date.UTC(2026, 10, 24, 3), to: Date.UTC(2026, 10, 24, 4) });
    const fourth = await system.statistics({
      from: Date.UTC(2026, 10, 24, 4),
      to: Date.UTC(2026, 10, 24, 5),
    });

    expect(third).toMatchObject({ incidents: 1 });
    expect(fourth).toMatchObject({ incidents: 0 });
    expect(third.diagnoses.count + fourth.diagnoses.count).toBe(system.diagnosed.length);
    expect(third.diagnoses.neededAttention).toBe(0);
  });
});

describe('the cost of the statistics', () => {
  it('is one small write for all changes of an hour within half a minute', async () => {
    const system = new FirstResponder();
    for (let n = 0; n < 20; n += 1) await open(system, warning(`Alert${n}`));
    const first = system.world.faults.calls['marks.mark'];
    system.world.clock.advance(30 * SECOND);

    await open(system, warning('Late'));

    expect([first, system.world.faults.calls['marks.mark']]).toEqual([1, 2]);
  });

  it('is one read a minute when nothing changes', async () => {
    const system = new FirstResponder();
    await open(system);
    await system.minutes(10);
    system.world.faults.reset();

    await system.minute();

    const { calls } = system.world.faults;
    expect(calls['marks.list']).toBe(1);
    expect(calls['hours.incidentsOf']).toBeUndefined();
  });
});

describe('an hour that is marked as changed', () => {
  it('stays marked until a count two minutes after its last change, because indexes lag', async () => {
    const system = new FirstResponder();
    await open(system);
    const kept: number[] = [];

    for (let minute = 0; minute < 3; minute += 1) {
      await system.minute();
      kept.push((await dirtyHours(system)).length);
    }

    expect(kept).toEqual([1, 0, 0]);
  });

  it('limits the time up to which everything is counted', async () => {
    const system = new FirstResponder();
    const opened = system.now;
    await open(system);
    const before = await system.statistics();
    await system.minute();
    const counted = await system.statistics();
    system.world.clock.advance(30 * SECOND);
    await open(system, warning('Other'));
    const behind = await system.statistics();
    await system.minutes(3);
    const settled = await system.statistics();

    expect(before.asOf).toBe(new Date(opened).toISOString());
    expect(counted.asOf).toBe(new Date(opened + MINUTE).toISOString());
    expect(behind.asOf).toBe(new Date(opened + MINUTE).toISOString());
    expect(settled.asOf).toBe(new Date(system.now).toISOString());
  });

  it('that cannot be counted holds up no other hour and no notice, and is retried', async () => {
    const system = new FirstResponder();
    await open(system, warning('Early'));
    system.world.clock.advance(HOUR);
    await open(system, warning('Late'));
    system.world.faults.failOn('hours.incidentsOf');

    await expect(system.tick()).rejects.toThrow('a part of the tick failed');
    const first = await system.statistics();
    await system.tick();
    const second = await system.statistics();

    expect([first.incidents, second.incidents]).toEqual([1, 2]);
  });

  it('waits for the next tick when escalation has taken all the time', async () => {
    const system = new FirstResponder();
    await open(system);
    const due = system.world.incidents.due;
    system.world.incidents.due = (now, limit) => {
      system.world.clock.advance(46 * SECOND);
      return due(now, limit);
    };

    await system.tick();
    const late = await system.statistics();
    system.world.incidents.due = due;
    await system.tick();

    expect(late.incidents).toBe(0);
    expect((await system.statistics()).incidents).toBe(1);
  });
});

describe('a mark that cannot be written', () => {
  it('costs no notice and no diagnosis, and is replaced by the recount by age', async () => {
    const system = new FirstResponder();
    system.world.faults.failOn('marks.mark', { times: 2 });
    await open(system);
    const notified = system.slack.roots().length;
    system.world.faults.restart();
    await system.minutes(10);
    const missing = await system.statistics();

    for (let hour = 0; hour < 3; hour += 1) {
      system.world.clock.advance(50 * MINUTE);
      await system.minutes(10);
    }

    expect(notified).toBe(2);
    expect(system.diagnosed[0]).toBe('opened');
    expect(missing.incidents).toBe(0);
    expect((await system.statistics()).incidents).toBe(1);
  });
});

describe('a process that dies', () => {
  const moments: FaultMoment[] = ['before', 'after'];

  async function swallowingCrash(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch {
      // The process died; only what it stored counts.
    }
  }

  it.each(['while it processes an effect', 'while it ticks'])(
    '%s leaves the statistics right',
    async (phase) => {
      let deaths = 0;
      for (const moment of moments) {
        for (let n = 1; ; n += 1) {
          const system = new FirstResponder();
          await system.receive([webhookAlert({ startsAt: system.now })]);
          if (phase === 'while it ticks') {
            await system.drain();
            system.world.clock.advance(3 * MINUTE);
          }
          system.world.faults.failAt(n, moment);
          await swallowingCrash(() =>
            phase === 'while it ticks' ? system.tick() : system.consumeDiagnose(),
          );
          const died = system.world.faults.crashed;
          system.world.faults.restart();
          if (!died) break;
          deaths += 1;
          await system.drain();
          await system.minutes(4);

          const { incidents, diagnoses } = await system.statistics();
          expect({ incidents, count: diagnoses.count }, `${moment} call ${n}`).toEqual({
            incidents: 1,
            count: system.world.history.allDiagnoses().filter(({ findings }) => findings.length > 0).length,
          });
          expect(await dirtyHours(system), `${moment} call ${n}`).toEqual([]);
        }
      }
      expect(deaths).toBeGreaterThanOrEqual(10);
    },
  );

  it('at every step of a long evening leaves numbers that match the incidents', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const system = new FirstResponder();
      let steps = 0;
      const step = async (act: () => Promise<unknown>) => {
        steps += 1;
        system.world.faults.failAt(
          1 + ((seed * 7 + steps * 5) % 17),
          moments[(seed + steps) % 2] as FaultMoment,
        );
        await swallowingCrash(act);
        system.world.faults.restart();
        // The sender and the queue try again.
        await swallowingCrash(act);
      };
      for (let minute = 0; minute < 40; minute += 1) {
        const alert = warning(`Alert${(minute * seed) % 5}`);
        const startsAt = system.now;
        if (minute % 3 === 0) await step(() => system.receive([webhookAlert({ startsAt, ...alert })]));
        if (minute % 4 === 1) {
          const open = [...system.world.incidents.items.values()].find(({ status }) => status === 'open');
          if (open !== undefined) {
            await step(() => (minute % 8 === 1 ? system.acknowledge(open.id) : system.resolve(open.id)));
          }
        }
        await step(() => system.drain());
        system.world.clock.advance(MINUTE);
        await step(() => system.tick());
      }
      await system.minutes(8);

      const all = [...system.world.incidents.items.values()].filter(({ neverFired }) => !neverFired);
      const shown = await system.statistics();
      expect(shown, `seed ${seed}`).toMatchObject({
        incidents: all.length,
        open: all.filter(({ status }) => status === 'open').length,
        flapping: all.filter(({ flapping: { ever: flapped } }) => flapped).length,
        mtta: { counted: all.filter(({ firstAcknowledgedAt }) => firstAcknowledgedAt !== undefined).length },
      });
      expect(
        shown.notices.map(({ notices }) => notices),
        `seed ${seed}`,
      ).toEqual(
        [0, 1, 2].map((tier) =>
          all.reduce((sum, { paging: { counts: pages } }) => sum + (pages?.[tier] ?? 0), 0),
        ),
      );
    }
  });
});
