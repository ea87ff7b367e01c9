import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/core/diagnosis/finding.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { finding } from '../support/finding.ts';
import { FirstResponder } from '../support/first-responder.ts';
import { webhookAlert } from '../support/webhook.ts';

const CRITICAL = '#cryptofunk-critical';

/** More than a phone's first screen holds: each needs attention and has rows to show for it. */
const many: Finding[] = Array.from({ length: 8 }, (_, index) =>
  finding({
    stepId: `check_${index}`,
    title: `check ${index}`,
    sentence: `finding ${index} needs somebody.`,
    evidence: {
      kind: 'table',
      columns: ['agent', 'last error'],
      rows: [
        [`agent-${index}`, 'bifrost: connection reset by peer'],
        [`other-${index}`, 'bifrost: connection reset by peer'],
      ],
      omitted: 0,
    },
  }),
);

async function opened(found: Finding[], system = new FirstResponder()): Promise<FirstResponder> {
  system.found = found;
  await system.receive([webhookAlert({ startsAt: system.now })]);
  await system.drain();
  return system;
}

function rootOf(system: FirstResponder) {
  const [root] = system.slack.roots(CRITICAL);
  if (root === undefined) throw new Error('nothing was posted');
  return root;
}

describe('an incident of which more is known than fits a phone', () => {
  it('has the most urgent in its message, and all of it in the first reply, which interrupts nobody', async () => {
    const system = await opened(many);

    const root = rootOf(system);
    const [reply, ...others] = system.slack.replies(root.ref);
    expect(JSON.stringify(root.message)).toContain('finding 0 needs somebody.');
    expect(JSON.stringify(root.message)).not.toContain('finding 7 needs somebody.');
    for (const { sentence } of many) expect(JSON.stringify(reply?.message)).toContain(sentence);
    expect(reply?.broadcast).toBe(false);
    expect(JSON.stringify(reply?.message)).not.toMatch(/<!channel>|@oncall/);
    expect(others).toEqual([]);
  });

  it('is told whole again, with what is new, when it escalates', async () => {
    const system = await opened(many);

    await system.minutes(16);

    const [, reminder] = system.slack.replies(rootOf(system).ref);
    expect(reminder?.broadcast).toBe(true);
    expect(JSON.stringify(reminder?.message)).toContain('finding 7 needs somebody.');
  });

  it('counts as told when the reply is refused, and is not told again', async () => {
    const system = new FirstResponder();
    const limited = { kind: 'retryable', reason: 'rate_limited', detail: '429' } as const;
    system.slack.script({ kind: 'delivered', ref: { channelId: 'C', ts: '1' } }, limited);

    await opened(many, system);
    await system.drain();

    const records = [...system.world.incidents.items.keys()].flatMap((id) =>
      system.world.destinations.deliveriesOf(id),
    );
    expect(records.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('pages once when the process dies between its message and the reply', async () => {
    const system = new FirstResponder();
    system.slack.script({ kind: 'delivered', ref: { channelId: 'C', ts: '1' } }, new Error('killed'));

    await expect(opened(many, system)).rejects.toThrow('killed');
    system.world.clock.advance(MINUTE);
    await system.drain();

    expect(system.slack.calls.filter(({ kind }) => kind === 'post')).toHaveLength(2);
  });
});

describe('an incident of which little is known', () => {
  it('has no reply that repeats its message', async () => {
    const system = await opened([finding()]);

    expect(system.slack.replies(rootOf(system).ref)).toEqual([]);
  });
});

describe('an incoming webhook', () => {
  it('gets one message with all of it', async () => {
    const system = await opened(many, new FirstResponder({ canEdit: false }));

    expect(system.slack.calls.map(({ kind }) => kind)).toEqual(['post']);
    expect(JSON.stringify(system.slack.posted[0]?.message)).toContain('finding 7 needs somebody.');
  });
});
