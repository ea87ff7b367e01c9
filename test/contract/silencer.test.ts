import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type LocalAlertmanager,
  startLocalAlertmanager,
} from '../../infra/local/alertmanager/alertmanager.ts';
import { createAlertmanagerSilencer } from '../../lib/adapters/alertmanager/alertmanager-silencer.ts';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import type { SilenceRequest, Silencer } from '../../lib/core/incident/silencer.ts';
import { HOUR } from '../../lib/core/shared/time.ts';
import { createMemorySilencer } from '../support/fakes/memory-silencer.ts';

let alertmanager: LocalAlertmanager;

beforeAll(async () => {
  // Silences need no history behind them.
  alertmanager = await startLocalAlertmanager({ api: 'http://127.0.0.1:9', readToken: 'unused' });
});
afterAll(() => alertmanager.close());

describe.each([
  { name: 'in memory', create: (): Silencer => createMemorySilencer() },
  {
    name: 'the API of an Alertmanager',
    create: () => createAlertmanagerSilencer({ urls: { anySource: [alertmanager.url], bySource: {} } }),
  },
])('silencer: $name', ({ create }) => {
  it('makes a silence and returns its id and its end', async () => {
    const wanted = request();

    const outcome = await create().silence('prod', wanted, bounds());

    expect(outcome).toEqual({ kind: 'created', id: expect.stringMatching(/./), until: wanted.until });
  });

  it('makes no second silence for the same incident, matchers and time', async () => {
    const silencer = create();
    const wanted = request();
    const first = await silencer.silence('prod', wanted, bounds());

    const again = await silencer.silence(
      'prod',
      { ...wanted, by: 'Ben', until: wanted.until + 5_000 },
      bounds(),
    );

    expect(again).toEqual({ kind: 'existing', id: idOf(first), until: wanted.until, by: 'Ana' });
  });

  it('moves the end of an active silence when asked for longer, and never to an earlier time', async () => {
    const silencer = create();
    const wanted = request();
    const first = await silencer.silence('prod', wanted, bounds());

    const longer = await silencer.silence('prod', { ...wanted, until: wanted.until + 3 * HOUR }, bounds());
    const shorter = await silencer.silence('prod', wanted, bounds());

    expect(longer).toEqual({ kind: 'extended', id: idOf(first), until: wanted.until + 3 * HOUR });
    expect(shorter).toMatchObject({ kind: 'existing', id: idOf(first), until: wanted.until + 3 * HOUR });
  });

  it('does not touch the silences of other incidents, or with other matchers', async () => {
    const silencer = create();
    const wanted = request();
    await silencer.silence('prod', wanted, bounds());

    const outcomes = [
      await silencer.silence('prod', { ...request(), matchers: wanted.matchers }, bounds()),
      await silencer.silence('prod', { ...wanted, matchers: [{ name: 'pod', value: 'p2' }] }, bounds()),
    ];

    expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'created']);
  });
});

let count = 0;

/** A silence for an incident of its own. */
function request(): SilenceRequest {
  count += 1;
  const incidentId = `4f1d2c3b5a697887.${String(count).padStart(6, '0')}`;
  const now = Math.floor(systemClock.now() / 1000) * 1000;
  return {
    incidentId,
    matchers: [
      { name: 'alertname', value: 'Quote"d \\ and = {odd}' },
      { name: 'pod', value: 'p1' },
      { name: 'zone', value: '' },
    ],
    now,
    until: now + HOUR,
    by: 'Ana',
    comment: `first-responder incident ${incidentId}`,
  };
}

function bounds() {
  return { timeoutMs: 60_000, signal: new AbortController().signal };
}

function idOf(outcome: Awaited<ReturnType<Silencer['silence']>>): string {
  return outcome.kind === 'failed' ? '' : outcome.id;
}
