import { describe, expect, it } from 'vitest';
import { buildTimeline } from '../../lib/core/history/build-timeline.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

type Said = Partial<Parameters<typeof webhookAlert>[0]> & { says: string };

/** An alert about a disk whose annotation holds a measured value, as `{{ $value }}` makes it. */
function disk(system: FirstResponder, { says, ...alert }: Said) {
  return {
    ...webhookAlert({ alertname: 'Disk', startsAt: system.now, labels: { instance: 'db1' }, ...alert }),
    annotations: { summary: says },
  };
}

function incidentOf(system: FirstResponder): Incident {
  const [incident] = system.world.incidents.items.values();
  if (incident === undefined) throw new Error('nothing was opened');
  return incident;
}

async function timelineOf(system: FirstResponder): Promise<string> {
  const record = await system.world.history.record(incidentOf(system).id);
  return record ? JSON.stringify(buildTimeline(record)) : '';
}

async function listedWords(system: FirstResponder): Promise<(string | undefined)[]> {
  const record = await system.world.history.record(incidentOf(system).id);
  return (record?.alerts ?? []).map(({ annotations }) => annotations['summary']);
}

const lastMail = (system: FirstResponder) => JSON.stringify(system.mail.sent.at(-1));
const lastPage = (system: FirstResponder) => JSON.stringify(system.slack.roots(CRITICAL).at(-1)?.message);
const cost = (system: FirstResponder) => ({ ...system.world.faults.calls });

describe('an alert that fires again with another text', () => {
  it('is shown everywhere with its newest text, and the timeline keeps the earlier text', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 81% full' })]);
    await system.drain();
    const first = lastPage(system);
    system.world.clock.advance(5 * MINUTE);
    const ended = { startsAt, status: 'resolved', endsAt: system.now } as const;
    await system.receive([disk(system, { says: 'Disk 79% full', ...ended })]);
    await system.drain();
    system.world.clock.advance(2 * MINUTE);
    const again = await system.receive([disk(system, { says: 'Disk 99% full' })]);
    await system.drain();

    expect(again).toMatchObject({ incidents: [{ outcome: 'reopened' }] });
    expect(first).toContain('81%');
    for (const notified of [lastPage(system), lastMail(system)]) {
      expect(notified).toContain('99%');
      expect(notified).not.toContain('81%');
    }
    expect(await listedWords(system)).toEqual(['Disk 99% full']);
    const timeline = await timelineOf(system);
    expect(timeline).toContain('Says “Disk 79% full”, before “Disk 81% full”.');
    expect(timeline).toContain('Says “Disk 99% full”, before “Disk 79% full”.');
  });
});

describe('an alert that repeats with another text while it fires', () => {
  it('stays a duplicate without a write; its text is stored with the refresh after 15 minutes', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 81% full' })]);
    await system.drain();
    system.world.clock.advance(MINUTE);
    system.world.faults.reset();
    const early = await system.receive([disk(system, { says: 'Disk 90% full', startsAt })]);
    const costEarly = cost(system);
    const before = await listedWords(system);
    system.world.clock.advance(15 * MINUTE);
    system.world.faults.reset();
    await system.receive([disk(system, { says: 'Disk 99% full', startsAt })]);
    const costLate = cost(system);
    const after = await listedWords(system);

    expect(early).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
    expect(costEarly).toEqual({ 'incidents.latest': 1 });
    expect(before).toEqual(['Disk 81% full']);
    expect(costLate).toEqual({ 'incidents.latest': 1, 'incidents.write': 1 });
    expect(after).toEqual(['Disk 99% full']);
  });

  it('is shown with the new text by every notice after that write', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 81% full' })]);
    await system.drain();
    system.world.clock.advance(7 * MINUTE);
    const repeat = await system.receive([disk(system, { says: 'Disk 99% full', startsAt: system.now })]);
    system.alertmanager = incidentOf(system).alerts.map((alert) => alert.fingerprint);
    await system.minutes(9);

    expect(repeat).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
    expect(system.world.effects.sent.map(({ effect }) => effect.reason)).toEqual(['opened', 'reminder']);
    expect(lastMail(system)).toContain('99%');
    expect(incidentOf(system).waitingDetails).toBeUndefined();
    expect(await timelineOf(system)).toContain('Says “Disk 99% full”, before “Disk 81% full”.');
    expect(startsAt).toBeLessThan(system.now);
  });

  it('has its new text stored with the write that another alert causes', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 81% full' })]);
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([
      disk(system, { says: 'Disk 99% full', startsAt }),
      disk(system, { says: 'Disk 50% full', labels: { instance: 'db2' } }),
    ]);
    await system.drain();

    expect(await listedWords(system)).toEqual(['Disk 99% full', 'Disk 50% full']);
  });

  it('never gets back the text of an earlier firing', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 99% full' })]);
    await system.drain();
    system.world.clock.advance(16 * MINUTE);
    await system.receive([disk(system, { says: 'Disk 70% full', startsAt: startsAt - 60 * MINUTE })]);
    await system.drain();

    expect(await listedWords(system)).toEqual(['Disk 99% full']);
  });

  it('keeps its newest text when an older queue message is repeated', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    await system.receive([disk(system, { says: 'Disk 81% full' })]);
    const { effect } = system.world.effects.sent[0] ?? {};
    await system.drain();
    system.world.clock.advance(MINUTE);
    const joined = disk(system, { says: 'Disk 50% full', labels: { instance: 'db2' } });
    await system.receive([disk(system, { says: 'Disk 99% full', startsAt }), joined]);
    await system.drain();
    const details = (effect?.details ?? []).map((detail) => ({ ...detail, seq: effect?.seq ?? 0 }));
    await system.world.history.addDetails(incidentOf(system).id, details);

    expect(details).toHaveLength(1);
    expect(await listedWords(system)).toEqual(['Disk 99% full', 'Disk 50% full']);
  });

  it('keeps at most 24 KB of very long texts', async () => {
    const system = new FirstResponder();
    const startsAt = system.now;
    const disks = (mark: string) =>
      Array.from({ length: 60 }, (_, n) =>
        disk(system, { says: mark.repeat(1_000), startsAt, labels: { instance: `db${n}` } }),
      );
    system.world.effects.acceptOnly(0);
    await system.receive(disks('a')).catch(() => undefined);
    for (const mark of ['b', 'c', 'd']) {
      system.world.clock.advance(16 * MINUTE);
      system.world.effects.acceptOnly(0);
      await system.receive(disks(mark)).catch(() => undefined);
    }

    const { effects, waitingDetails = [] } = incidentOf(system);
    const bytes = JSON.stringify([...effects.map(({ details }) => details), waitingDetails]).length;
    expect(waitingDetails.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(24 * 1024 + 100);
  });
});
