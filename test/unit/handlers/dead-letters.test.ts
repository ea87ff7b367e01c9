import { describe, expect, it } from 'vitest';
import { createListDeadLetters } from '../../../handlers/list-dead-letters.ts';
import { createRedriveDeadLetters } from '../../../handlers/redrive-dead-letters.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import type { DeadLetters } from '../../../lib/core/delivery/dead-letters.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

function api(deadLetters: Partial<DeadLetters> = {}) {
  const calls: string[] = [];
  const ports = {
    deadLetters: {
      list: async () => {
        calls.push('list');
        return { count: 0, letters: [], unreadable: 0 };
      },
      redrive: async () => {
        calls.push('redrive');
        return { redriven: 2, remaining: 1 };
      },
      ...deadLetters,
    },
  };
  const log = createRecordingLog();
  const access = { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] };
  const parts = { ports, log, access, clock: systemClock };
  const list = createListDeadLetters(parts);
  const redrive = createRedriveDeadLetters(parts);
  return {
    calls,
    log,
    list: (token: string, query = {}) => list(httpEvent({ headers: bearer(token), query }), lambdaContext),
    redrive: (token: string, query = {}) =>
      redrive(httpEvent({ method: 'POST', headers: bearer(token), query }), lambdaContext),
  };
}

describe('GET /dead-letters', () => {
  it('shows what is known of each, oldest first, and how many there are', async () => {
    const letter = { incidentId: 'i.1', destination: 'email', reason: 'opened', at: 1_000, attempt: 1 };
    const older = { ...letter, incidentId: 'i.0', at: 0 };
    const { list } = api({ list: async () => ({ count: 5, letters: [letter, older], unreadable: 1 }) });

    const result = await list('reader');

    expect(JSON.parse(result.body ?? '')).toEqual({
      count: 5,
      unreadable: 1,
      letters: [
        { ...older, at: '1970-01-01T00:00:00.000Z' },
        { ...letter, at: '1970-01-01T00:00:01.000Z' },
      ],
    });
  });

  it('says nothing of unreadable ones when there are none', async () => {
    const result = await api().list('writer');

    expect(JSON.parse(result.body ?? '')).toEqual({ count: 0, letters: [] });
    expect(result.headers?.['cache-control']).toBe('no-store');
  });
});

describe('POST /dead-letters/redrive', () => {
  it('says how many went back and how many are left, and the log has it', async () => {
    const { redrive, log } = api();

    const result = await redrive('writer');

    expect(JSON.parse(result.body ?? '')).toEqual({ redriven: 2, remaining: 1 });
    expect(log.lines).toMatchObject([{ message: 'dead letters redriven' }]);
  });

  it('is not for holders of a read token, and then nothing is moved', async () => {
    const { redrive, calls } = api();

    const result = await redrive('reader');

    expect(result.statusCode).toBe(403);
    expect(calls).toEqual([]);
  });
});

describe('both', () => {
  it('are for holders of a token only', async () => {
    const { list, redrive, calls } = api();

    const results = [await list('stranger', { x: '1' }), await redrive('stranger', { x: '1' })];

    expect(results.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
    expect(calls).toEqual([]);
  });

  it('refuse a parameter and name it', async () => {
    const { list, redrive, calls } = api();

    const results = [await list('reader', { limit: '1' }), await redrive('writer', { limit: '1' })];

    expect(results.map(({ statusCode }) => statusCode)).toEqual([400, 400]);
    expect(results.map(({ body }) => JSON.parse(body ?? '').path)).toEqual(['limit', 'limit']);
    expect(calls).toEqual([]);
  });
});
