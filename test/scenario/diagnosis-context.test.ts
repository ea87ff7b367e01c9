import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

type Episode = { alertname?: string; minutes?: number; by?: string };

/** An episode from its first notice to its resolved notice. */
async function episode(system: FirstResponder, { alertname, minutes = 22, by }: Episode = {}): Promise<void> {
  const start = system.now;
  const named = alertname === undefined ? {} : { alertname };
  await system.receive([webhookAlert({ ...named, startsAt: start })]);
  await system.drain();
  const open = [...system.world.incidents.items.values()].find(({ status }) => status === 'open');
  if (by !== undefined && open) await system.acknowledge(open.id, by);
  system.world.clock.advance(minutes * MINUTE);
  await system.receive([webhookAlert({ ...named, status: 'resolved', startsAt: start, endsAt: system.now })]);
  await system.drain();
}

async function fires(system: FirstResponder, alertname?: string): Promise<string> {
  const before = system.mail.sent.length;
  await system.receive([webhookAlert({ alertname, startsAt: system.now })]);
  await system.drain();
  const mail = system.mail.sent[before];
  if (!mail) throw new Error('no mail was sent');
  return mail.text;
}

describe('an incident with earlier episodes', () => {
  it('shows when, how long, who acknowledged, and that the same finding needs attention', async () => {
    const system = new FirstResponder();
    await episode(system, { by: 'Ana' });
    system.world.clock.advance(3 * DAY);

    const text = await fires(system);

    const line =
      'Last time: 3 days ago, 22 min, acknowledged by Ana; same finding then: 10 of 10 connections in use';
    expect(text).toContain(line);
    const [root] = system.slack.roots('#cryptofunk-critical').slice(-1);
    expect(JSON.stringify(root?.message)).toContain(line.replace('Last time', '*Last time*'));
  });

  it('shows the earlier finding if it differs from the current one, and how often the incident came', async () => {
    const system = new FirstResponder();
    for (let n = 0; n < 3; n += 1) {
      await episode(system);
      system.world.clock.advance(2 * DAY);
    }
    system.found = [finding({ stepId: 'disk', sentence: 'The disk is full.' })];

    const text = await fires(system);

    expect(text).toContain(
      'Last time (of 3 in 30 days): 2 days ago, 22 min, not acknowledged; needed attention then: 10 of 10',
    );
  });

  it('shows the same at every tier and on resolve, without another read', async () => {
    const system = new FirstResponder();
    await episode(system);
    system.world.clock.advance(DAY);
    const start = system.now;
    await fires(system);
    await system.minutes(31);
    system.world.faults.reset();
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);
    while (await system.consumeDiagnose());
    const looked = { ...system.world.faults.calls };
    await system.drain();

    expect(system.mail.sent.slice(-2).map(({ text }) => /Last time: .*/.exec(text)?.[0])).toEqual([
      expect.stringMatching(/^Last time: 1 day ago, 22 min, not acknowledged; same finding then/),
      'Last time: 1 day ago, 22 min, not acknowledged',
    ]);
    expect(system.world.faults.calls['history.earlier']).toBe(looked['history.earlier']);
    expect(system.world.faults.calls['history.open']).toBe(looked['history.open']);
  });

  it('shows nothing of episodes that never fired', async () => {
    const system = new FirstResponder();
    const ended = { status: 'resolved' as const, startsAt: system.now - HOUR, endsAt: system.now - MINUTE };
    await system.receive([webhookAlert(ended)]);
    system.world.clock.advance(DAY);

    expect(await fires(system)).not.toContain('Last time');
  });
});

describe('incidents that are open at the same time', () => {
  it('mention each other, from the second notice on', async () => {
    const system = new FirstResponder();
    const first = await fires(system);
    system.world.clock.advance(2 * MINUTE);
    const second = await fires(system, 'VectorSearchCriticalLatency');
    await system.minutes(13);

    const reminder = system.mail.sent.at(-1);
    expect(first).not.toContain('Also open');
    expect(second).toContain('Also open: DatabaseConnectionPoolCritical (2 min)');
    expect(reminder?.subject).toBe('[CRITICAL] [not acknowledged] DatabaseConnectionPoolCritical');
    expect(reminder?.text).toContain('Also open: VectorSearchCriticalLatency (13 min)');
  });

  it('are listed up to five, the most severe first, and the rest is counted', async () => {
    const system = new FirstResponder();
    await episode(system, { alertname: 'Over' });
    for (let n = 0; n < 7; n += 1) {
      await system.receive([
        webhookAlert({ alertname: `Minor${n}`, startsAt: system.now, labels: { severity: 'warning' } }),
      ]);
      system.world.clock.advance(MINUTE);
    }
    await system.drain();
    await fires(system, 'Major');
    system.world.clock.advance(5 * MINUTE);

    const text = await fires(system);

    expect(/Also open: .*/.exec(text)?.[0]).toBe(
      'Also open: Major (5 min), Minor6 (6 min), Minor5 (7 min), Minor4 (8 min), Minor3 (9 min), 3 more',
    );
  });

  it('are shown with the age they had when they were read, even in a message edited later', async () => {
    const system = new FirstResponder();
    await fires(system);
    system.world.clock.advance(2 * MINUTE);
    await fires(system, 'VectorSearchCriticalLatency');
    system.world.clock.advance(10 * MINUTE);
    const incident = [...system.world.incidents.items.values()].at(-1);
    await system.acknowledge(incident?.id ?? '');
    await system.drain();

    const root = JSON.stringify(system.slack.roots('#cryptofunk-critical').at(-1)?.message);
    expect(root).toContain('*Also open 10 min ago*: DatabaseConnectionPoolCritical (2 min)');
    expect(root).toContain('What we found 10 min ago');
  });
});

describe('a history that cannot be read', () => {
  /** The second episode, whose page is queued for diagnosis. */
  async function second(): Promise<FirstResponder> {
    const system = new FirstResponder();
    await episode(system);
    system.world.clock.advance(DAY);
    await system.receive([webhookAlert({ startsAt: system.now })]);
    return system;
  }

  it('costs neither the notice nor its findings, and the notice names the missing part', async () => {
    const system = await second();
    for (const call of ['earlier', 'open']) system.world.faults.failOn(`history.${call}`);

    await system.drain();

    const text = system.mail.sent.at(-1)?.text ?? '';
    expect(text).toContain('10 of 10 connections in use.');
    expect(text).toContain('◌ Could not be read: earlier episodes, other open incidents');
    expect(text).not.toMatch(/Last time|Also open/);
  });

  it('still shows when the previous episode was if only its findings cannot be read', async () => {
    const system = await second();
    system.world.faults.failOn('history.diagnoses');

    await system.drain();

    expect(system.mail.sent.at(-1)?.text).toMatch(/Last time: 1 day ago, 22 min, not acknowledged\n/);
  });

  it('is waited for no longer than 1.5 s, in parallel with the checks', async () => {
    const system = await second();
    const { history } = system.world;
    const start = system.now;
    history.earlier = () => new Promise(() => {});
    history.open = () => new Promise(() => {});
    let settled = false;

    const consuming = system.consumeDiagnose().finally(() => {
      settled = true;
    });
    while (system.diagnosed.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    system.world.clock.advance(1_500);
    await consuming;
    await system.drain();

    expect(system.now - start).toBe(1_500);
    expect(system.mail.sent.at(-1)?.text).toContain('10 of 10 connections in use.');
    expect(system.mail.sent.at(-1)?.text).toContain('Could not be read: earlier episodes');
  });
});

describe('accepting a webhook', () => {
  it('reads none of the context', async () => {
    const system = new FirstResponder();
    await episode(system);
    system.world.clock.advance(DAY);
    system.world.faults.reset();

    await system.receive([webhookAlert({ startsAt: system.now })]);

    expect(Object.keys(system.world.faults.calls)).not.toContainEqual(expect.stringContaining('history.'));
  });
});
