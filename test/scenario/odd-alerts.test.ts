import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const NO_TIME = '0001-01-01T00:00:00Z';

type Payload = Record<string, unknown>;

/** One alert as another sender may write it. Payload fields are replaced, or removed if undefined. */
function odd(responder: FirstResponder, change: Payload = {}, labels: Payload = {}): Payload {
  const alert = webhookAlert({ startsAt: responder.now - MINUTE });
  return { ...alert, labels: { ...(alert['labels'] as Payload), ...labels }, ...change };
}

async function receive(responder: FirstResponder, alert: Payload, body: Payload = {}) {
  const status = alert['status'] ?? 'firing';
  const result = await responder.receive([], webhookBody([alert], { status, ...body }));
  await responder.drain();
  return result;
}

const incidentsOf = (responder: FirstResponder) => [...responder.world.incidents.items.values()];
const incidentOf = (responder: FirstResponder) => {
  const [incident] = incidentsOf(responder);
  if (incident === undefined) throw new Error('no incident');
  return incident;
};
const mailSubjects = (responder: FirstResponder) => responder.mail.sent.map((mail) => mail.subject);

describe('an alert that can be identified pages, whatever else it lacks', () => {
  it.each<[string, Payload, Payload]>([
    ['has no status', { status: undefined }, {}],
    ['has an unknown status', { status: 'alerting' }, {}],
    ['starts in year 1', { startsAt: NO_TIME }, {}],
    ['has no start', { startsAt: undefined }, {}],
    ['has a start that is not a time', { startsAt: 'yesterday' }, {}],
    ['starts in the year 9999', { startsAt: '9999-12-31T23:59:59Z' }, {}],
    ['has a number as a label', {}, { port: 5432 }],
    ['has a boolean as a label', {}, { replicated: true }],
    ['has a label of null', {}, { pod: null }],
    ['has a label without a name', {}, { '': 'x' }],
  ])('although it %s', async (_, change, labels) => {
    const responder = new FirstResponder();

    const result = await receive(responder, odd(responder, change, labels), { status: 'firing' });

    expect(result).toMatchObject({ incidents: [{ outcome: 'opened' }], rejected: [] });
    expect(responder.mail.sent).toHaveLength(1);
  });

  it('and an alert that cannot be identified is rejected with the reason, while its neighbour pages', async () => {
    const responder = new FirstResponder();

    const alerts = [odd(responder), { ...odd(responder), labels: undefined }, null];
    const result = await responder.receive([], webhookBody(alerts as Payload[], { status: 'firing' }));

    expect(result).toMatchObject({
      incidents: [{ outcome: 'opened' }],
      rejected: [
        { index: 1, reason: 'labels is missing' },
        { index: 2, reason: 'the alert must be a JSON object' },
      ],
    });
  });
});

describe('a missing or unusable start time', () => {
  it.each([
    ['is in year 1', NO_TIME],
    ['is absent', undefined],
    ['is in the year 9999', '9999-12-31T23:59:59Z'],
  ])('is the time of first receipt and stays so while the alert repeats, when it %s', async (_, startsAt) => {
    const responder = new FirstResponder();
    const began = responder.now;
    await receive(responder, odd(responder, { startsAt }));
    const { version } = incidentOf(responder);

    responder.world.clock.advance(4 * HOUR);
    const repeated = await receive(responder, odd(responder, { startsAt }));

    expect(repeated).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
    expect(incidentOf(responder).alerts[0]?.startsAt).toBe(began);
    // The write refreshes only when the alert was last seen.
    expect(incidentOf(responder).version).toBe(version + 1);
    expect(responder.mail.sent).toHaveLength(1);
  });
});

it('keeps the known start when a repeat of the firing has none', async () => {
  const responder = new FirstResponder();
  const alert = odd(responder);
  await receive(responder, alert);

  responder.world.clock.advance(HOUR);
  const repeated = await receive(responder, { ...alert, startsAt: NO_TIME });

  expect(repeated).toMatchObject({ incidents: [{ outcome: 'duplicate' }] });
  expect(incidentOf(responder).alerts[0]?.startsAt).toBe(Date.parse(String(alert['startsAt'])));
});

describe('a resolve', () => {
  it.each([
    ['an end in year 1', NO_TIME],
    ['no end', undefined],
    ['an end that is not a time', 'now'],
    ['an end in the year 9999', '9999-12-31T23:59:59Z'],
  ])('with %s ends the incident at the time of its receipt', async (_, endsAt) => {
    const responder = new FirstResponder();
    const alert = odd(responder);
    await receive(responder, alert);
    responder.world.clock.advance(3 * MINUTE);
    const over = responder.now;

    const result = await receive(responder, { ...alert, status: 'resolved', endsAt });
    await responder.minutes(70);

    expect(result).toMatchObject({ incidents: [{ outcome: 'resolved' }], rejected: [] });
    expect(incidentOf(responder)).toMatchObject({ status: 'resolved', alerts: [{ endsAt: over }] });
    expect(mailSubjects(responder)).toHaveLength(2);
  });

  it.each([
    ['without an end', () => NO_TIME],
    ['with an end an hour ahead', (now: number) => new Date(now + HOUR).toISOString()],
    ['with an end in the year 9999', () => '9999-12-31T23:59:59Z'],
  ])('%s, repeated, is sent once and costs no write', async (_, end) => {
    const responder = new FirstResponder();
    const alert = odd(responder);
    await receive(responder, alert);
    responder.world.clock.advance(3 * MINUTE);
    const resolve = { ...alert, status: 'resolved', endsAt: end(responder.now) };
    await receive(responder, resolve);
    const { version } = incidentOf(responder);

    responder.world.clock.advance(MINUTE);
    await receive(responder, resolve);

    expect(incidentOf(responder).version).toBe(version);
    expect(mailSubjects(responder)).toHaveLength(2);
  });

  it('without an end, of an earlier firing, does not end the one that fires', async () => {
    const responder = new FirstResponder();
    const first = odd(responder);
    await receive(responder, first);
    responder.world.clock.advance(3 * MINUTE);
    await receive(responder, { ...first, status: 'resolved', endsAt: NO_TIME });
    responder.world.clock.advance(3 * MINUTE);
    await receive(responder, odd(responder));

    responder.world.clock.advance(MINUTE);
    await receive(responder, { ...first, status: 'resolved', endsAt: NO_TIME });

    expect(incidentOf(responder).status).toBe('open');
  });
});

describe('a sender whose clock is an hour ahead', () => {
  const ahead = (time: number) => new Date(time + HOUR).toISOString();

  it('has its next firing paged at once and its resolve sent, even if its clock is corrected meanwhile', async () => {
    for (const clock of [ahead, (time: number) => new Date(time).toISOString()]) {
      const responder = new FirstResponder();
      const startsAt = ahead(responder.now);
      await receive(responder, odd(responder, { startsAt }));
      responder.world.clock.advance(3 * MINUTE);
      await receive(
        responder,
        odd(responder, { startsAt, status: 'resolved', endsAt: clock(responder.now) }),
      );
      responder.world.clock.advance(3 * MINUTE);
      const again = clock(responder.now);

      const fired = await receive(responder, odd(responder, { startsAt: again }));
      responder.world.clock.advance(3 * MINUTE);
      const over = await receive(
        responder,
        odd(responder, { startsAt: again, status: 'resolved', endsAt: clock(responder.now) }),
      );

      expect(fired).toMatchObject({ incidents: [{ outcome: 'reopened' }] });
      expect(over).toMatchObject({ incidents: [{ outcome: 'resolved' }] });
      expect(incidentOf(responder).status).toBe('resolved');
    }
  });

  it('has the times of its alerts shown no later than we received them', async () => {
    const responder = new FirstResponder();
    const heard = responder.now;
    const startsAt = ahead(heard);

    await receive(responder, odd(responder, { startsAt }));
    responder.world.clock.advance(3 * MINUTE);
    await receive(responder, odd(responder, { startsAt, status: 'resolved', endsAt: ahead(responder.now) }));

    expect(incidentOf(responder).alerts[0]).toMatchObject({ startsAt: heard, endsAt: heard + 3 * MINUTE });
  });

  it('does not open another episode when a late peer repeats the ended firing', async () => {
    const responder = new FirstResponder();
    const startsAt = ahead(responder.now);
    await receive(responder, odd(responder, { startsAt }));
    responder.world.clock.advance(3 * MINUTE);
    await receive(responder, odd(responder, { startsAt, status: 'resolved', endsAt: ahead(responder.now) }));

    responder.world.clock.advance(DAY);
    await receive(responder, odd(responder, { startsAt }));

    expect(incidentsOf(responder)).toHaveLength(1);
    expect(mailSubjects(responder)).toHaveLength(2);
  });
});

describe('how long an alert has fired', () => {
  it('is shown next to how long we have known it, when the two differ notably', async () => {
    const responder = new FirstResponder();
    const startsAt = new Date(responder.now - 26 * HOUR).toISOString();

    await receive(responder, odd(responder, { startsAt }));

    expect(responder.mail.sent[0]?.text).toContain('firing 1 day 2 h, known 0 s · since 2026-11-23 01:00');
  });

  it.each([
    ['a few minutes ago', 5 * MINUTE],
    ['in a future of its sender’s', -DAY],
  ])('is only how long it is open when it began %s', async (_, before) => {
    const responder = new FirstResponder();
    const startsAt = new Date(responder.now - before).toISOString();

    await receive(responder, odd(responder, { startsAt }));

    expect(responder.mail.sent[0]?.text).toContain('open 0 s · since');
  });

  it('does not bring its tiers forward', async () => {
    const responder = new FirstResponder();
    await receive(responder, odd(responder, { startsAt: new Date(responder.now - 26 * HOUR).toISOString() }));

    await responder.minutes(29);
    const before = incidentOf(responder).tiers.highest;
    await responder.minutes(2);

    expect([before, incidentOf(responder).tiers.highest]).toEqual([1, 2]);
  });
});
