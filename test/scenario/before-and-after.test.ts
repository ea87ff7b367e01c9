import { describe, expect, it } from 'vitest';
import type { MailMessage } from '../../lib/channels/email/mail-client.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const locks = finding({ stepId: 'locks', sentence: '3 sessions wait for a lock.' });
const pool = finding({ stepId: 'pool', sentence: '10 of 10 connections open, 0 idle' });

/** A critical incident that opened with both findings; Alertmanager confirms that it fires. */
async function opened(): Promise<FirstResponder> {
  const system = new FirstResponder();
  system.found = [pool, locks];
  await system.receive([webhookAlert({ startsAt: system.now })]);
  await system.drain();
  system.alertmanager = [...system.world.incidents.items.values()].flatMap((incident) =>
    incident.alerts.map((alert) => alert.fingerprint),
  );
  return system;
}

async function resolve(system: FirstResponder, startedAt: number): Promise<void> {
  await system.receive([webhookAlert({ status: 'resolved', startsAt: startedAt, endsAt: system.now })]);
  await system.drain();
}

function mailAbout(system: FirstResponder, subject: string): string {
  const found = system.mail.sent.findLast((mail: MailMessage) => mail.subject.includes(subject));
  if (!found) throw new Error(`there is no mail about ${subject}`);
  return found.text;
}

describe('an incident that stays open', () => {
  it('shows in the reminder and at every tier what changed since the previous diagnosis', async () => {
    const system = await opened();

    await system.minutes(14);
    system.found = [locks, { ...pool, verdict: 'normal', sentence: '10 connections, 4 idle' }];
    await system.minutes(15);
    system.found = [
      { ...locks, sentence: '5 sessions wait for a lock.' },
      { ...pool, verdict: 'unchecked', sentence: 'connection refused' },
    ];
    await system.minutes(2);
    system.found = [pool, { ...locks, sentence: '5 sessions wait for a lock.' }];
    await system.minutes(30);

    const reminder = mailAbout(system, 'not acknowledged');
    expect(reminder).toContain('SINCE THE LAST DIAGNOSIS, 15 MIN AGO');
    expect(reminder).toContain('✔ pool: 10 of 10 connections open, 0 idle → 10 connections, 4 idle');
    expect(reminder).toContain('1 finding needs attention as before');
    const second = mailAbout(system, 'escalated to L2');
    expect(second).toContain('SINCE THE LAST DIAGNOSIS, 15 MIN AGO');
    expect(second).toContain('❗ locks: 3 → 5 sessions wait for a lock');
    const third = mailAbout(system, 'escalated to L3');
    expect(third).toContain('SINCE THE LAST DIAGNOSIS, 30 MIN AGO');
    expect(third).toContain(
      '❗ new: pool: could not check (connection refused) → 10 of 10 connections open, 0 idle',
    );
    expect(third).toContain('1 finding needs attention as before');
  });

  it('says in one short line that nothing changed, in the thread and in the mail', async () => {
    const system = await opened();

    await system.minutes(31);

    const nothing = 'nothing changed, 2 findings need attention as before';
    expect(mailAbout(system, 'escalated to L2')).toContain(
      `Since the last diagnosis, 15 min ago: ${nothing}`,
    );
    const [root] = system.slack.roots('#cryptofunk-critical');
    if (!root) throw new Error('there is no root message');
    const replies = system.slack.replies(root.ref).map((reply) => JSON.stringify(reply.message));
    expect(replies).toHaveLength(2);
    for (const reply of replies)
      expect(reply).toContain(`*Since the last diagnosis, 15 min ago*: ${nothing}`);
    expect(JSON.stringify(root.message)).not.toContain('Since the last diagnosis');
  });

  it('has no previous diagnosis when it opens', async () => {
    const system = await opened();

    expect(system.mail.sent[0]?.text).not.toMatch(/last diagnosis/i);
  });
});

describe('an incident that resolves', () => {
  it('shows each finding next to the last diagnosis in which it needed attention, and what still does', async () => {
    const system = await opened();
    const start = system.now;
    await system.minutes(14);
    system.found = [locks, { ...pool, verdict: 'unchecked', sentence: 'connection refused' }];
    await system.minutes(2);
    system.found = [
      { ...locks, sentence: '1 session waits for a lock.' },
      { ...pool, verdict: 'normal', sentence: '4 connections, 3 idle' },
    ];

    await resolve(system, start);

    const mail = system.mail.sent.at(-1);
    expect(mail?.subject).toBe(
      '[RESOLVED] [after 16 min, 1 finding still needs attention] DatabaseConnectionPoolCritical',
    );
    expect(mail?.text).toContain('❗ Still needs attention although the alert resolved: locks');
    expect(mail?.text).toMatch(
      /BEFORE AND AFTER\s+❗ locks: 3 sessions wait → 1 session waits for a lock\n✔ pool: 10 of 10 connections open, 0 idle → 4 connections, 3 idle/,
    );
  });

  it('does not call a check normal that failed', async () => {
    const system = await opened();
    const start = system.now;
    system.world.clock.advance(MINUTE);
    system.found = [{ ...pool, verdict: 'unchecked', sentence: 'no answer within 4 s' }];

    await resolve(system, start);

    const text = system.mail.sent.at(-1)?.text;
    expect(text).toContain(
      '◌ pool: 10 of 10 connections open, 0 idle → could not check (no answer within 4 s)',
    );
    expect(text).not.toContain('✔');
  });

  it('shows the findings made while it fired when the page comes only after the resolve', async () => {
    const system = new FirstResponder();
    const start = system.now;
    await system.receive([webhookAlert({ startsAt: start })]);
    await system.consumeDiagnose();
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);

    while (await system.consumeDeliver());

    const [first] = system.mail.sent;
    expect(first?.subject).toContain('[RESOLVED]');
    expect(first?.text).toContain('WHAT WE FOUND WHILE IT FIRED (1 OF 1 CHECK NEEDS ATTENTION)');
    expect(first?.text).not.toContain('BEFORE AND AFTER');
  });
});
