import { describe, expect, it } from 'vitest';
import type { WebhookBody } from '../../lib/channels/webhook/body-schema.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { catalog } from '../support/factories/catalog.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const NAME = 'DatabaseConnectionPoolCritical';
const ITS_END = 'Flapping is over: it fired again';

/** One critical alert that comes and goes, told on Slack, by mail and to the webhook `pager`. */
class Flapping extends FirstResponder {
  private since = 0;

  constructor(options: { canEdit?: boolean } = {}) {
    const { routes } = catalog();
    super({
      catalog: catalog({ routes: [...routes, { severity: ['critical'], webhook: 'pager' }] }),
      webhooks: ['pager'],
      ...options,
    });
    this.found = [finding({ verdict: 'normal' })];
  }

  /** Two minutes later it fires; nothing is told before the next `drain`. */
  async fires(): Promise<void> {
    this.world.clock.advance(2 * MINUTE);
    this.since = this.now;
    await this.receive([webhookAlert({ startsAt: this.since })]);
    this.alertmanager = this.fingerprints;
  }

  /** Two minutes later it resolves. */
  async resolves(): Promise<void> {
    this.world.clock.advance(2 * MINUTE);
    await this.receive([webhookAlert({ status: 'resolved', startsAt: this.since, endsAt: this.now })]);
    this.alertmanager = [];
  }

  /** It comes and goes until it has fired again for the third time, which is not told yet. */
  async flaps(): Promise<void> {
    await this.fires();
    await this.drain();
    for (let again = 0; again < 3; again += 1) {
      await this.resolves();
      await this.drain();
      await this.fires();
      if (again < 2) await this.drain();
    }
  }

  /** What people see of each notice in the channel: its title and its notification. */
  get titles(): string[] {
    const [first] = this.slack.roots(CRITICAL);
    return this.slack.calls.flatMap((call) => {
      const there = call.kind === 'post' ? call.to === CRITICAL : call.ref.ts === first?.ref.ts;
      return call.kind !== 'update' && there ? titleOf(call.message) : [];
    });
  }

  get root(): string {
    return titleOf(this.slack.roots(CRITICAL)[0]?.message ?? { blocks: [] });
  }

  get subjects(): string[] {
    return this.mail.sent.map(({ subject }) => subject.replace(` ${NAME}`, ''));
  }

  get bodies() {
    return this.webhook.posted.flatMap(({ body }) => {
      const parsed = JSON.parse(body) as WebhookBody;
      return parsed.kind === 'notice' ? [parsed] : [];
    });
  }

  get incident() {
    return [...this.world.incidents.items.values()][0];
  }

  get history(): string[] {
    return this.world.history.timelineOf(this.incident?.id ?? '').map(({ summary }) => summary);
  }

  private get fingerprints(): string[] {
    return (this.incident?.alerts ?? []).map(({ fingerprint }) => fingerprint);
  }
}

function titleOf(message: { blocks: Record<string, unknown>[] }): string {
  const header = message.blocks.find(({ type }) => type === 'header');
  return header === undefined ? '' : slackWords({ blocks: [header] });
}

function lastOf<T>(all: readonly T[]): T {
  const last = all.at(-1);
  if (last === undefined) throw new Error('nothing was told');
  return last;
}

describe('a notice of flapping', () => {
  it('names the severity while it fires, on Slack, in the root message and in the mail', async () => {
    const system = new Flapping();

    await system.flaps();
    await system.drain();

    expect(lastOf(system.titles)).toBe(`🔴 CRITICAL ${NAME} - flapping`);
    expect(system.root).toBe(`🔴 CRITICAL, flapping ${NAME}`);
    expect(lastOf(system.subjects)).toBe('[CRITICAL] [flapping]');
    expect(lastOf(system.bodies)).toMatchObject({
      reason: 'flapping',
      happened: expect.stringMatching(/^Reopened 3 times within an hour: it flaps\./),
      incident: { state: 'firing', flapping: true },
    });
  });

  it('says that nothing fires if it is delivered then, and is no "resolved"', async () => {
    const system = new Flapping();
    await system.flaps();

    await system.resolves();
    await system.drain();

    const mail = lastOf(system.mail.sent);
    const reply = lastOf(system.slack.calls.filter(({ kind }) => kind === 'reply')).message;
    expect(lastOf(system.titles)).toBe(`🔴 FLAPPING, nothing fires now ${NAME}`);
    expect(system.root).toBe(`🔴 FLAPPING, nothing fires now ${NAME}`);
    expect(reply.text).toMatch(/^FLAPPING, nothing fires now .*: Nothing fires now\. Reopened 3 times/);
    expect(slackWords(reply)).toContain('Nothing fires now. Reopened 3 times within an hour');
    expect(lastOf(system.subjects)).toBe('[FLAPPING] [nothing fires now]');
    expect(mail.text).toMatch(/^FLAPPING, nothing fires now/);
    for (const words of [mail.text, mail.html, slackWords(reply)]) expect(words).not.toContain('RESOLVED');
    expect(lastOf(system.bodies)).toMatchObject({
      reason: 'flapping',
      happened: expect.stringMatching(/^Nothing fires now\. Reopened 3 times/),
      incident: { state: 'resolved', flapping: true },
    });
  });

  it('says the same through an incoming webhook of Slack, which has no root', async () => {
    const system = new Flapping({ canEdit: false });
    await system.flaps();

    await system.resolves();
    await system.drain();

    expect(titleOf(lastOf(system.slack.calls).message)).toBe(`🔴 FLAPPING, nothing fires now ${NAME}`);
  });

  it('says the same if it cannot be written out in full', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.resolves();
    system.world.history.details = () => {
      throw new Error('details are broken');
    };

    await system.drain();

    expect(lastOf(system.subjects)).toBe('[FLAPPING]');
    expect(lastOf(system.slack.calls).message.text).toMatch(/^FLAPPING, nothing fires now {2}/);
  });
});

describe('fifteen calm minutes after flapping', () => {
  it('are told once when nothing fires: that it is over and how often it fired again, not RESOLVED', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();
    await system.resolves();
    await system.fires();
    await system.resolves();
    await system.minutes(14);
    const before = system.titles.length;
    expect(system.root).toBe(`🔴 CRITICAL, flapping ${NAME}`);

    await system.minutes(20);

    const happened = `${ITS_END} 4 times, and nothing has fired for 15 min.`;
    expect(system.titles.slice(before)).toEqual([`✅ FLAPPING OVER, nothing fires ${NAME}`]);
    expect(system.root).toBe(`✅ FLAPPING OVER, nothing fires ${NAME}`);
    expect(lastOf(system.subjects)).toBe('[FLAPPING OVER] [fired again 4 times, nothing fires]');
    expect(lastOf(system.mail.sent).text).toContain(happened);
    expect(lastOf(system.mail.sent).html).toContain(happened);
    expect(lastOf(system.bodies)).toMatchObject({
      reason: 'resolved',
      happened,
      interrupts: false,
      incident: { state: 'resolved', flapping: false, flappingOver: { reopens: 4 } },
    });
    expect(system.history).toContain(happened);
  });

  it('page when it still fires, and say that it is no longer flapping', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();
    const before = system.titles.length;

    await system.minutes(16);

    const paged = system.titles.slice(before).filter((title) => !/not acknowledged|escalated/.test(title));
    expect(paged).toEqual([`🔴 CRITICAL ${NAME} - no longer flapping, still fires`]);
    expect(system.root).toBe(`🔴 CRITICAL ${NAME}`);
    expect(system.subjects).toContain('[CRITICAL] [no longer flapping, still fires]');
    expect(system.bodies.find(({ incident }) => incident.flappingOver !== undefined)).toMatchObject({
      reason: 'reopened',
      happened: `${ITS_END} 3 times, and has now fired for 15 min without a break.`,
      interrupts: true,
      incident: { state: 'firing', flapping: false, flappingOver: { reopens: 3 } },
    });
  });

  it('page when it still fires although somebody has acknowledged it, and keep the acknowledgement', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();
    await system.acknowledge(system.incident?.id ?? '');
    await system.drain();

    await system.minutes(16);

    const summary = system.bodies.find(({ incident }) => incident.flappingOver !== undefined);
    expect(summary).toMatchObject({ interrupts: true, incident: { acknowledged: { by: 'Ana' } } });
  });

  it('are told quietly after an acknowledgement when nothing fires', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();
    await system.acknowledge(system.incident?.id ?? '');
    await system.resolves();
    await system.drain();

    await system.minutes(16);

    expect(system.root).toBe(`✅ FLAPPING OVER, nothing fires ${NAME}`);
    expect(lastOf(system.bodies)).toMatchObject({
      interrupts: false,
      incident: { acknowledged: { by: 'Ana' }, flappingOver: { reopens: 3 } },
    });
  });

  it('are no second "resolved" for somebody who has read that nothing fires', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.resolves();
    await system.drain();

    await system.minutes(20);

    expect(system.titles.slice(-2)).toEqual([
      `🔴 FLAPPING, nothing fires now ${NAME}`,
      `✅ FLAPPING OVER, nothing fires ${NAME}`,
    ]);
  });

  it('say what still needs attention', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();
    await system.resolves();
    system.found = [finding({ verdict: 'attention' })];

    await system.minutes(20);

    expect(lastOf(system.subjects)).toBe(
      '[FLAPPING OVER] [fired again 3 times, 1 finding still needs attention]',
    );
  });
});

describe('an incident that somebody resolves while it flaps', () => {
  it('is told as resolved, once: no calm follows', async () => {
    const system = new Flapping();
    await system.flaps();
    await system.drain();

    await system.resolve(system.incident?.id ?? '');
    await system.minutes(30);

    expect(system.titles.filter((title) => title.includes('FLAPPING'))).toEqual([]);
    expect(lastOf(system.titles)).toMatch(/^✅ RESOLVED after/);
    expect(lastOf(system.bodies).happened).toBe('Resolved by hand by Ana.');
  });
});
