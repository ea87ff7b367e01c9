import { describe, expect, it } from 'vitest';
import { webhookAlert } from '../../support/factories/webhook.ts';
import { critical, firesStill } from '../kill/flows-of-webhooks.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { rememberNotified } from '../world/observe.ts';

const OUTAGE_MINUTES = 30;

/** Ports that are out together, by the full names of their calls. */
const outages = {
  'the table':
    /^(?:incidents|destinations|history|maintenances|heartbeats|paces|storms|troubles|marks|hours|rollUps|quarantine)\./,
  'the diagnose queue': /^effects\./,
  'the deliver queue': /^deliveries\./,
  Slack: /^slack\./,
  'the mail server': /^mail\./,
  'every check': /^checks\./,
  Alertmanager: /^alertmanager\./,
};

/** An alert fires in the first minute of the outage, and ends after it; Alertmanager repeats what was refused. */
async function liveThrough(out: RegExp) {
  const system = new FaultySystem();
  const heard = rememberNotified(system);
  const statuses: number[] = [];
  system.world.faults.failWhile((name) => out.test(name));
  for (let minute = 0; minute < OUTAGE_MINUTES; minute += 1) {
    if (statuses.at(-1) !== 200) statuses.push(await system.postAlerts([critical(system)]));
    if (statuses.at(-1) === 200) firesStill(system);
    await system.settle(1);
  }
  const meanwhile = heard.map((each) => ({ ...each }));
  system.world.faults.failWhile(undefined);
  if (statuses.at(-1) !== 200) statuses.push(await system.postAlerts([critical(system)]));
  firesStill(system);
  await system.settle(8);
  const ends = critical(system, { status: 'resolved', endsAt: system.now });
  statuses.push(await system.postAlerts([ends]));
  await system.settle(8);
  const [incident] = [...system.world.incidents.items.values()];
  const record = await system.world.history.record(incident?.id ?? '');
  return { system, heard, meanwhile, statuses, record };
}

describe.each(Object.entries(outages))('30 min without %s', (name, out) => {
  it('are notified once afterwards, in order, and the history is whole', async () => {
    const { system, heard, meanwhile, statuses, record } = await liveThrough(out);

    // The webhook's answer: a refusal for as long as nothing could be stored or published, and then one success.
    const refuses = name === 'the table' || name === 'the diagnose queue';
    expect(statuses.slice(0, -2).every((status) => status >= 500)).toBe(true);
    expect(statuses.length).toBe(refuses ? OUTAGE_MINUTES + 2 : 2);
    expect(statuses.slice(-2)).toEqual([200, 200]);

    // Who was notified: each place has one message of the incident, with its end at last.
    for (const to of ['#cryptofunk-alerts', '#cryptofunk-critical']) {
      const roots = system.slack.roots(to).filter(({ message }) => !message.text.startsWith('Not delivered'));
      expect(roots, to).toHaveLength(1);
      expect(roots[0]?.message.text, to).toMatch(/^RESOLVED/);
    }
    // A program has each notice once: late ones are one that says all.
    const byProgram = heard.filter(({ line }) => line.startsWith('webhook ops')).map(({ line }) => line);
    expect(byProgram).toEqual([...new Set(byProgram)]);
    expect(byProgram[0]).toMatch(/opened|reminder|escalated/);
    expect(byProgram.at(-1)).toMatch(/resolved/);
    expect(heard.findIndex(({ line }) => line.includes('RESOLVED'))).toBeGreaterThan(
      heard.findIndex(({ line }) => line.includes('CRITICAL')),
    );
    expect(system.mail.sent.at(-1)?.subject).toMatch(/^\[RESOLVED\]/);

    // A critical page leaves by the other channel while its own is out.
    if (name === 'Slack')
      expect(meanwhile.find(({ line }) => line.startsWith('mail'))?.minute).toBeLessThan(4);
    if (name === 'the mail server') {
      expect(meanwhile.some(({ line }) => /^slack .*CRITICAL.*<!channel>/.test(line))).toBe(true);
    }

    // The history.
    expect(record?.incident).toMatchObject({ status: 'resolved', effects: [] });
    const what = record?.timeline.map((entry) => entry.what) ?? [];
    expect(what[0]).toBe('opened');
    expect(what.at(-1)).toBe('resolved');
    expect(record?.deliveries.map(({ outcome }) => outcome)).not.toContain('retrying');
    expect(system.world.deliveries.waiting).toEqual([]);
    expect(system.world.effects.waiting).toEqual([]);
  });
});

describe('one effect in ten that cannot be diagnosed', () => {
  it('holds up no other incident, and its own page leaves without a diagnosis', async () => {
    const system = new FaultySystem();
    const { diagnose } = system;
    system.diagnose = (request) => {
      if (request.incident.alertname === 'Down3') throw new Error('a poisoned effect');
      return diagnose(request);
    };
    const names = Array.from({ length: 10 }, (_, at) => `Down${at}`);
    await system.postAlerts(names.map((alertname) => webhookAlert({ alertname, startsAt: system.start })));
    firesStill(system);

    await system.consumeAll();
    const others = new Set(system.slack.roots('#cryptofunk-critical').map(({ message }) => message.text));
    await system.settle(8);

    expect(others.size).toBeGreaterThanOrEqual(9);
    for (const name of names) {
      const roots = system.slack.roots('#cryptofunk-critical');
      expect(
        roots.filter(({ message }) => message.text.includes(name)),
        name,
      ).toHaveLength(1);
    }
    expect(system.world.effects.waiting).toEqual([]);
    const skipped = system.world.history.allDiagnoses().filter((each) => each.skipped !== undefined);
    expect(skipped.map(({ reason }) => reason)).toEqual(['opened']);
  });
});

/** A consumer fails with every tenth message that the deliver queue ever had. */
class Poisoned extends FaultySystem {
  isPoisoned = true;

  override async consumeDeliver(skipGroups?: ReadonlySet<string>) {
    const { sent, waiting } = this.world.deliveries;
    const next = waiting.find(({ group }) => !skipGroups?.has(group));
    const at = sent.findIndex(({ key, attempt }) => key === next?.body.key && attempt === next.body.attempt);
    if (this.isPoisoned && at % 10 === 9) throw new Error('a poisoned message');
    return super.consumeDeliver(skipGroups);
  }
}

describe('one message in ten that cannot be processed', () => {
  it('holds up nothing but what follows it in its place, and is notified once when it can', async () => {
    const system = new Poisoned();
    const names = Array.from({ length: 10 }, (_, at) => `Down${at}`);
    const alerts = names.map((alertname) => webhookAlert({ alertname, startsAt: system.start }));
    expect(await system.postAlerts(alerts)).toBe(200);
    firesStill(system);

    await system.settle(1);
    const { sent, waiting } = system.world.deliveries;
    const first = sent.length;
    const poisoned = Math.floor(first / 10);
    const meanwhile = system.slack.roots().length + system.mail.sent.length + system.webhook.posted.length;
    await system.settle(OUTAGE_MINUTES - 1);
    system.isPoisoned = false;
    await system.settle(8);

    expect(poisoned).toBeGreaterThanOrEqual(4);
    expect(meanwhile).toBe(first - poisoned);
    for (const name of names) {
      const roots = system.slack.roots().filter(({ message }) => message.text.includes(name));
      expect(roots.map(({ to }) => to).toSorted(), name).toEqual([
        '#cryptofunk-alerts',
        '#cryptofunk-critical',
        '#cryptofunk-ops',
      ]);
    }
    expect(waiting).toEqual([]);
  });
});
