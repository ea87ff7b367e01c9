import { describe, expect, it } from 'vitest';
import { SECOND } from '../../lib/core/shared/time.ts';
import { FirstResponder } from '../support/first-responder.ts';
import { webhookAlert } from '../support/webhook.ts';

const BOMBS = '💣💣💣';

describe('an alertname whose 512th character is half of an emoji', () => {
  it.each([508, 509, 510, 511, 512])('is opened and told, %i letters before it', async (letters) => {
    const system = new FirstResponder();
    const alertname = `${'a'.repeat(letters)}${BOMBS}`;

    const answer = await system.receive([webhookAlert({ alertname, startsAt: system.now })]);
    await system.drain();

    expect(answer).toMatchObject({ kind: 'accepted', incidents: [{ outcome: 'opened' }] });
    expect(system.slack.posted.length).toBeGreaterThan(0);
    expect(system.mail.sent.length).toBeGreaterThan(0);
    expect(JSON.stringify([system.slack.posted, system.mail.sent])).not.toMatch(/\\ud[89a-f]/i);
    expect(system.world.deliveries.waiting).toEqual([]);
  });
});

describe('half a character in a webhook', () => {
  it.each([
    ['the alertname', { alertname: 'Broken\ud83d' }],
    ['a label', { labels: { pod: '\udca3api' } }],
    ["a label's name", { labels: { 'po\ud83dd': 'api-1' } }],
  ])('as part of %s is told as a replacement character', async (_, alert) => {
    const system = new FirstResponder();

    await system.receive([webhookAlert({ ...alert, startsAt: system.now - SECOND })]);
    await system.drain();

    const [incident] = system.world.incidents.items.values();
    expect(JSON.stringify(incident)).not.toMatch(/\\ud[89a-f]/i);
    expect(system.slack.posted.length).toBeGreaterThan(0);
    expect(system.world.deliveries.waiting).toEqual([]);
  });
});
