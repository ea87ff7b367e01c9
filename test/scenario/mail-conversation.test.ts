import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { toThreadSubject } from '../support/assertions/thread-subject.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const agents = ['technical-agent', 'risk-agent', 'trend-agent', 'order-agent', 'news-agent'];

const agentDown = runbook({
  alertname: 'AgentDown',
  category: 'agents',
  countedAs: { firing: 'agents down', resolved: 'agents' },
});

/** AgentDown, critical, sent to two lists in one mail. */
class Agents extends FirstResponder {
  readonly start: number;

  constructor() {
    super({ catalog: catalog({}, [agentDown]) });
    this.start = this.now;
  }

  async go(status: 'firing' | 'resolved', names: string[], severity = 'critical'): Promise<void> {
    await this.receive(
      names.map((agent) =>
        webhookAlert({
          alertname: 'AgentDown',
          labels: { agent, severity },
          status,
          startsAt: this.start,
          endsAt: status === 'resolved' ? this.now : undefined,
        }),
      ),
    );
    await this.drain();
  }

  get subjects(): string[] {
    return this.mail.sent.map(({ subject }) => subject);
  }
}

describe("the subjects of an incident's mails", () => {
  it('change only in their leading brackets, from the first page to the end', async () => {
    const system = new Agents();
    await system.go('firing', agents.slice(0, 4));
    const [{ id } = { id: '' }] = system.world.incidents.items.values();
    await system.acknowledge(id);
    system.world.clock.advance(6 * MINUTE);
    await system.go('firing', agents);
    await system.minutes(24);
    system.found = [finding({ verdict: 'attention' })];
    system.world.clock.advance(MINUTE);
    await system.go('resolved', agents);

    const baseSubject = 'AgentDown - 4 agents down (trend-agent, technical-agent, … +2)';
    expect(system.subjects).toEqual([
      `[CRITICAL] ${baseSubject}`,
      `[CRITICAL] [more alerts, now 5] ${baseSubject}`,
      `[CRITICAL] [not acknowledged, now 5] ${baseSubject}`,
      `[CRITICAL] [escalated to L2, now 5] ${baseSubject}`,
      `[RESOLVED] [after 31 min, 1 finding still needs attention] ${baseSubject}`,
    ]);
    expect(new Set(system.mail.sent.map(({ references }) => references?.join())).size).toBe(1);
    for (const { to } of system.mail.sent) expect(to).toContain('team@example.com');
  });

  it('stay one conversation after a raise and with fewer firing alerts', async () => {
    const system = new Agents();
    await system.go('firing', agents.slice(0, 2), 'warning');
    system.world.clock.advance(MINUTE);
    await system.go('resolved', agents.slice(0, 2), 'warning');
    system.world.clock.advance(MINUTE);
    await system.receive([
      webhookAlert({
        alertname: 'AgentDown',
        labels: { agent: 'risk-agent', severity: 'critical' },
        startsAt: system.now,
      }),
    ]);
    await system.drain();

    expect(system.subjects.map((subject) => subject.split(' AgentDown')[0])).toEqual([
      '[WARNING]',
      '[RESOLVED] [after 1 min, 1 finding still needs attention]',
      '[CRITICAL] [fires again, now 1]',
    ]);
    expect(new Set(system.subjects.map(toThreadSubject)).size).toBe(1);
  });

  it('start a new conversation with the next episode', async () => {
    const system = new Agents();
    await system.go('firing', agents.slice(0, 2));
    await system.go('resolved', agents.slice(0, 2));
    system.world.clock.advance(60 * MINUTE);
    await system.receive([
      webhookAlert({ alertname: 'AgentDown', labels: { agent: 'news-agent' }, startsAt: system.now }),
    ]);
    await system.drain();

    const last = system.mail.sent.at(-1);
    expect(last?.subject).toBe('[CRITICAL] AgentDown');
    expect(last?.references).not.toEqual(system.mail.sent[0]?.references);
  });

  it('keep the first base subject even if only some recipients were accepted', async () => {
    const system = new Agents();
    system.mail.script({
      kind: 'retryable',
      reason: 'unavailable',
      detail: '450 try again',
      taken: ['oncall@example.com'],
    });
    await system.go('firing', agents.slice(0, 4));
    system.world.clock.advance(MINUTE);

    await system.go('firing', agents);

    const baseSubject = 'AgentDown - 4 agents down (trend-agent, technical-agent, … +2)';
    expect(system.mail.calls.map(({ subject, to }) => `${subject} ${to.join(' ')}`)).toEqual([
      `[CRITICAL] ${baseSubject} oncall@example.com team@example.com`,
      `[CRITICAL] [now 5] ${baseSubject} team@example.com`,
    ]);
  });

  it('use the current base subject if no recipient of the first mail was accepted', async () => {
    const system = new Agents();
    system.mail.script({ kind: 'retryable', reason: 'unavailable', detail: 'connection refused' });
    await system.go('firing', agents.slice(0, 4));
    system.world.clock.advance(MINUTE);

    await system.go('firing', agents);

    expect(system.subjects).toEqual([
      '[CRITICAL] AgentDown - 5 agents down (trend-agent, technical-agent, … +3)',
    ]);
  });
});
