import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { showIncident } from '../../lib/flow/history/show-incident.ts';
import { acknowledgeIncident } from '../../lib/flow/incident/change-incident.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const pod = (name: string, startsAt: number, endsAt?: number) =>
  webhookAlert({
    labels: { pod: name },
    startsAt,
    status: endsAt === undefined ? undefined : 'resolved',
    endsAt,
  });

async function shown(system: FirstResponder) {
  const [id = ''] = [...system.world.incidents.items.keys()];
  const found = await showIncident({ ...system.world, catalog: system.catalog }, id);
  if (found === undefined) throw new Error('there is no incident');
  return found;
}

/** An incident: two pods, an acknowledgement with a note, L2, one pod recovers, then the other. */
async function night(): Promise<{ system: FirstResponder; start: number }> {
  const system = new FirstResponder();
  const start = system.now;
  system.found = [
    finding(),
    finding({ stepId: 'disk', verdict: 'normal', sentence: 'disk 61 %' }),
    finding({ stepId: 'logs', title: 'bifrost logs', verdict: 'unchecked', sentence: 'kubernetes: 403' }),
  ];
  await system.receive([pod('api-1', start)]);
  await system.drain();
  system.world.clock.advance(5 * MINUTE);
  await system.receive([pod('api-1', start), pod('api-2', start + 4 * MINUTE)]);
  await system.drain();
  system.world.clock.advance(2 * MINUTE);
  const [id = ''] = [...system.world.incidents.items.keys()];
  await acknowledgeIncident(system.changePorts, {
    id,
    by: 'Ana',
    note: 'ending the idle sessions',
    now: system.now,
  });
  await system.drain();
  await system.minutes(25);
  await system.receive([pod('api-1', start, system.now - MINUTE), pod('api-2', start + 4 * MINUTE)]);
  await system.drain();
  system.world.clock.advance(3 * MINUTE);
  await system.receive([pod('api-2', start + 4 * MINUTE, system.now)]);
  await system.drain();
  return { system, start };
}

describe('the timeline of an incident', () => {
  it('lists alerts, user actions, diagnoses and notices in order', async () => {
    const { system } = await night();

    const { timeline } = await shown(system);

    const notified = timeline
      .filter(({ kind }) => kind !== 'notified')
      .map(({ at, kind, what, summary }) => `${at.slice(11, 16)} ${kind} ${what}: ${summary}`);
    expect(notified).toEqual([
      '03:00 alert firing: Fires: pod=api-1.',
      '03:00 incident opened: Opened by 1 alert.',
      '03:00 diagnosed opened: 1 of 3 checks needs attention; could not be made: bifrost logs (opened).',
      '03:05 alert firing: Fires: pod=api-2.',
      '03:05 incident joined: 1 alert joined.',
      '03:07 acknowledgement acknowledged: Acknowledged by Ana: ending the idle sessions',
      '03:30 tier escalated: Not resolved in time: escalated to L2.',
      '03:30 diagnosed escalated: 1 of 3 checks needs attention; could not be made: bifrost logs (escalated).',
      '03:32 alert resolved: Resolved: pod=api-1.',
      '03:32 incident updated: 1 alert resolved.',
      '03:35 alert resolved: Resolved: pod=api-2.',
      '03:35 incident resolved: All alerts resolved.',
      '03:35 diagnosed resolved: 1 of 3 checks needs attention; could not be made: bifrost logs (resolved).',
    ]);
    expect(timeline.find(({ kind }) => kind === 'acknowledgement')).toMatchObject({
      by: 'Ana',
      note: 'ending the idle sessions',
    });
    expect(timeline.find(({ kind }) => kind === 'tier')).toMatchObject({ tier: 2 });
  });

  it('lists what was delivered to each destination, and why something was not', async () => {
    const { system } = await night();

    const { timeline } = await shown(system);

    const byMail = timeline.flatMap((entry) =>
      entry.kind === 'notified' && entry.destination === 'email' ? entry.summary : [],
    );
    expect(byMail).toEqual([
      'Notified by mail (opened, L1).',
      'Not sent by mail (joined): not worth a mail of its own.',
      'Not sent by mail (acknowledged): not worth a mail of its own.',
      'Notified by mail (escalated, L2).',
      'Not sent by mail (updated): not worth a mail of its own.',
      'Notified by mail (resolved).',
    ]);
  });

  it('lists a destination that could not be reached, and why', async () => {
    const system = new FirstResponder();
    system.slack.script({ kind: 'permanent', reason: 'not_found', detail: 'channel_not_found' });
    await system.receive([pod('api-1', system.now)]);
    await system.drain();

    const { timeline } = await shown(system);

    const failed = timeline.find((entry) => entry.kind === 'notified' && entry.outcome === 'failed');
    expect(failed?.summary).toMatch(
      /^Could not be sent in #[\w-]+ \(opened, L1\): not_found: channel_not_found\.$/,
    );
  });

  it('lists each start and end of a flapping alert', async () => {
    const system = new FirstResponder();
    for (let turn = 0; turn < 5; turn += 1) {
      await system.receive([pod('api-1', system.now)]);
      await system.drain();
      system.world.clock.advance(2 * MINUTE);
      await system.receive([pod('api-1', system.now - 2 * MINUTE, system.now)]);
      await system.drain();
      system.world.clock.advance(2 * MINUTE);
    }

    const { timeline } = await shown(system);

    const turns = timeline.filter(({ kind }) => kind === 'alert');
    expect(turns.map(({ what }) => what)).toEqual(
      Array.from({ length: 5 }, () => ['firing', 'resolved']).flat(),
    );
    expect(turns.every((entry) => entry.kind === 'alert' && entry.clock === 'ours')).toBe(true);
    expect(timeline.map(({ what }) => what)).toContain('flapping');
  });

  it('lists an acknowledgement before the consumer has stored its entry', async () => {
    const system = new FirstResponder();
    await system.receive([pod('api-1', system.now)]);
    await system.drain();
    const [id = ''] = [...system.world.incidents.items.keys()];
    system.world.clock.advance(MINUTE);

    await acknowledgeIncident(system.changePorts, { id, by: 'Ana', note: 'mine', now: system.now });

    const { timeline } = await shown(system);
    expect(timeline.at(-1)).toMatchObject({ kind: 'acknowledgement', by: 'Ana', note: 'mine' });
  });
});

describe('an incident too large for one response', () => {
  it("stays under Lambda's 6 MB, however its text is escaped, and says what was left out", async () => {
    const system = new FirstResponder();
    const quotes = '"\\'.repeat(60);
    system.diagnose = async ({ incident, effect }) => ({
      schema: 1,
      id: effect.id,
      incidentId: incident.id,
      seq: effect.seq,
      reason: effect.reason,
      startedAt: system.now,
      finishedAt: system.now,
      findings: Array.from({ length: 60 }, (_, n) =>
        finding({
          stepId: `step${n}`,
          sentence: quotes,
          evidence: { kind: 'text', lines: Array.from({ length: 20 }, () => quotes), omitted: 0 },
        }),
      ),
      commands: [],
    });
    const start = system.now;
    const many = Array.from({ length: 10_000 }, (_, n) =>
      webhookAlert({ labels: { pod: `p${n}`, quotes }, startsAt: start }),
    );
    await system.receive(many);
    await system.drain();
    const [id = ''] = [...system.world.incidents.items.keys()];
    const { incident } = (await system.world.history.record(id)) ?? {};
    if (incident === undefined) throw new Error('there is no incident');
    const [first] = (await system.world.history.record(id))?.diagnoses ?? [];
    if (first === undefined) throw new Error('there is no diagnosis');
    for (let seq = 2; seq <= 300; seq += 1) {
      await system.world.history.addDiagnosis({
        ...first,
        id: `${id}:${seq}`,
        seq,
        startedAt: start + seq * HOUR,
      });
    }

    const found = await shown(system);

    const answer = JSON.stringify({ statusCode: 200, body: JSON.stringify(found) });
    expect(Buffer.byteLength(answer)).toBeLessThan(6 * 1024 * 1024);
    expect(found.alerts.length).toBeGreaterThan(500);
    expect(found.diagnoses.length).toBeGreaterThan(3);
    expect(found.leftOut).toMatchObject({
      alerts: 10_000 - found.alerts.length,
      diagnoses: 300 - found.diagnoses.length,
    });
    expect(found.timeline.filter(({ kind }) => kind === 'diagnosed')).toHaveLength(300);
    expect(found.timeline.filter(({ kind }) => kind === 'alert').length).toBeLessThanOrEqual(200);
  });
});
