import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/core/diagnosis/findings/finding.ts';
import type { RunbookCatalog } from '../../lib/core/runbook/runbook.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { addMaintenance } from '../../lib/flow/maintenance/maintenances.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { createRecordingLog } from '../support/fakes/recording-log.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const BOMBS = '💣💣💣';

describe('an alertname whose 512th character is half of an emoji', () => {
  it.each([508, 509, 510, 511, 512])('is processed and notified, %i letters before it', async (letters) => {
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
  ])('as part of %s is shown as a replacement character', async (_, alert) => {
    const system = new FirstResponder();

    await system.receive([webhookAlert({ ...alert, startsAt: system.now - SECOND })]);
    await system.drain();

    const [incident] = system.world.incidents.items.values();
    expect(JSON.stringify(incident)).not.toMatch(/\\ud[89a-f]/i);
    expect(system.slack.posted.length).toBeGreaterThan(0);
    expect(system.world.deliveries.waiting).toEqual([]);
  });
});

const ID = /\b[0-9a-f]{32}\.000001\b|\b[0-9a-f]{32}\.1\b/;
const WHY = 'could not be written out in full';

/** As from a version that stores findings differently: rendering fails. */
const undrawable: Finding = Object.assign(finding(), {
  evidence: { kind: 'series', points: null, min: 0, max: 1, last: 1, omitted: 0 },
});

/** A runbook with which composing a notice fails. */
const uncomposable: RunbookCatalog = catalog({}, [Object.assign(runbook(), { response: null })]);

function logged(log: ReturnType<typeof createRecordingLog>): string[] {
  return log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
}

describe.each([
  ['composed', (): FirstResponder => new FirstResponder({ catalog: uncomposable })],
  ['composed, for an incoming webhook', () => new FirstResponder({ catalog: uncomposable, canEdit: false })],
  [
    'rendered',
    () => {
      const system = new FirstResponder();
      system.found = [undrawable];
      return system;
    },
  ],
])('a notice that cannot be %s', (_, create) => {
  it('is sent as plain text to every destination at every tier, with a log line, and never retried', async () => {
    const system = create();
    const log = (system.log = createRecordingLog());
    const startsAt = system.now;
    await system.receive([webhookAlert({ startsAt })]);
    await system.drain();
    const opened = [...system.slack.posted, ...system.mail.sent].length;
    await system.minutes(61);
    const id = [...system.world.incidents.items.keys()][0] ?? '';
    await system.acknowledge(id);
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ status: 'resolved', startsAt, endsAt: system.now })]);
    await system.drain();

    expect(opened).toBeGreaterThan(1);
    expect(system.world.deliveries.waiting).toEqual([]);
    const first = system.slack
      .roots()
      .find(({ message, history }) => (history[0] ?? message).text.startsWith('<!channel>'))?.history[0];
    for (const text of [first?.text, system.mail.sent[0]?.text, system.mail.sent[0]?.html]) {
      expect(text).toContain('CRITICAL  DatabaseConnectionPoolCritical');
      expect(text).toContain(WHY);
      expect(text).toContain(id);
    }
    expect(system.mail.sent[0]?.subject).toBe('[CRITICAL] DatabaseConnectionPoolCritical');
    expect(system.mail.sent.at(-1)?.subject).toMatch(/^\[RESOLVED\]/);
    const reasons = system.world.destinations
      .deliveriesOf(id)
      .map(({ reason, outcome }) => `${reason} ${outcome}`);
    expect(reasons).toEqual(
      expect.arrayContaining(['opened delivered', 'escalated delivered', 'resolved delivered']),
    );
    expect(logged(log)).toContain('a notice could not be rendered; it is sent as plain text');
  });
});

describe('details that cannot be rendered', () => {
  it('are one plain reply under a complete root, with the reason, and never retried', async () => {
    const system = new FirstResponder();
    const log = (system.log = createRecordingLog());
    system.found = [
      ...Array.from({ length: 7 }, (_, each) => finding({ stepId: `check_${each}` })),
      undrawable,
    ];

    await system.receive([webhookAlert({ startsAt: system.now })]);
    await system.drain();

    const [root] = system.slack.roots('#cryptofunk-critical');
    const replies = root ? system.slack.replies(root.ref) : [];
    expect(root?.message.text).not.toContain(WHY);
    expect(replies.map(({ message }) => message.text)).toEqual([expect.stringContaining(WHY)]);
    expect(system.world.deliveries.waiting).toEqual([]);
    expect(logged(log)).toContain('a notice could not be rendered; it is sent as plain text');
  });
});

describe('people of a tier who cannot be determined', () => {
  it('do not keep the notice from its channels', async () => {
    const broken = catalog();
    const system = new FirstResponder({
      catalog: { ...broken, tierContacts: Object.assign({}, { '1': null }) as never },
    });
    const log = (system.log = createRecordingLog());

    await system.receive([webhookAlert({ startsAt: system.now })]);
    await system.drain();

    expect(system.slack.roots('#cryptofunk-critical')).toHaveLength(1);
    expect(logged(log)).toContain('a notice is sent without the people of its tiers');
  });
});

describe('a digest that cannot be rendered', () => {
  it('is sent as plain text with all its incidents', async () => {
    const system = new FirstResponder({ catalog: catalog({ stormAfter: 2 }) });
    const log = (system.log = createRecordingLog());
    const put = system.world.storms.entries.put;
    system.world.storms.entries.put = (storm, entry) =>
      put(storm, Object.assign(entry, entry.alertname === 'StormC' ? { alertname: 404 } : {}));
    const alerts = ['A', 'B', 'C', 'D', 'E'].map((letter) =>
      webhookAlert({ alertname: `Storm${letter}`, labels: { severity: 'warning' }, startsAt: system.now }),
    );

    await system.receive(alerts);
    await system.drain();
    await system.minutes(6);

    const digests = [...system.slack.posted, ...system.mail.sent.map((mail) => ({ message: mail }))]
      .map(({ message }) => message.text)
      .filter((text) => text.startsWith('[STORM'));
    expect(digests.length).toBeGreaterThan(1);
    for (const text of digests) {
      expect(text).toMatch(/warning StormE/);
      expect(text).toMatch(ID);
      expect(text).toContain(WHY);
    }
    expect(logged(log)).toContain('a digest could not be rendered; it is sent as plain text');
  });
});

describe('a summary of a maintenance that cannot be rendered', () => {
  it('is sent as plain text with the muted incidents', async () => {
    const system = new FirstResponder();
    const log = (system.log = createRecordingLog());
    const request = {
      matchers: 'alertname="DatabaseConnectionPoolCritical"',
      from: system.now,
      to: system.now + 10 * MINUTE,
      by: 'Ana',
      reason: 'upgrade',
    };
    const { id } = await addMaintenance(system.world, { request, unique: 'unique', now: system.now });
    const startsAt = system.now;
    await system.receive([webhookAlert({ startsAt })]);
    await system.drain();
    const get = system.world.maintenances.get;
    system.world.maintenances.get = async (key) => {
      const found = await get(key);
      return found && Object.assign(found, { reason: Symbol('no text') });
    };

    await system.minutes(12);

    const summaries = [...system.slack.posted, ...system.mail.sent.map((mail) => ({ message: mail }))]
      .map(({ message }) => message.text)
      .filter((text) => text.startsWith(`Maintenance ${id} is over`));
    expect(summaries.length).toBeGreaterThan(1);
    for (const text of summaries) {
      expect(text).toMatch(/critical {1,2}DatabaseConnectionPoolCritical/);
      expect(text).toContain(WHY);
    }
    expect(logged(log)).toContain('a summary could not be rendered; it is sent as plain text');
    expect(system.world.deliveries.waiting).toEqual([]);
  });
});
