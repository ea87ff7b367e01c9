import { describe, expect, it } from 'vitest';
import { createListQuarantine } from '../../../handlers/list-quarantine.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

function quarantine() {
  const world = createMemoryWorld();
  const access = { READ_TOKENS: ['reader'] };
  const handler = createListQuarantine({
    access,
    ports: world,
    clock: world.clock,
    log: createRecordingLog(),
  });
  const get = (query: Record<string, string> = {}, token = 'reader') =>
    handler(httpEvent({ headers: bearer(token), query }), lambdaContext);
  const add = (id: string, at: number) =>
    world.quarantine.add({ id, source: 'prod', at, reason: 'alerts must be a list', body: '{"alerts":3}' });
  return { get, add, world };
}

describe('GET /quarantine', () => {
  it('lists what could not be read, newest first, with the reason and the body', async () => {
    const { get, add } = quarantine();
    await add('first', 0);
    await add('second', 1_000);

    const { deliveries } = JSON.parse((await get({ limit: '1' })).body ?? '');

    expect(deliveries).toEqual([
      {
        id: 'second',
        source: 'prod',
        at: '1970-01-01T00:00:01.000Z',
        reason: 'alerts must be a list',
        body: '{"alerts":3}',
      },
    ]);
  });

  it('fits an answer of a Lambda however long the bodies are, and says what it leaves out', async () => {
    const { get, world } = quarantine();
    for (const id of ['first', 'second']) {
      const body = `x${'😀'.repeat(800_000)}`;
      await world.quarantine.add({ id, source: 'prod', at: 0, reason: 'alerts must be a list', body });
    }

    const answer = (await get({})).body ?? '';

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6_000_000);
    const { deliveries } = JSON.parse(answer);
    expect(deliveries).toHaveLength(2);
    expect(deliveries[0].body).toMatch(/😀… \(1100002 of 1600001 characters not shown\)$/u);
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '51' }, 'limit'],
    [{ form: 'x' }, 'form'],
  ])('refuses %o and names the parameter', async (query, path) => {
    const result = await quarantine().get(query);

    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body ?? '')).toMatchObject({ path });
  });

  it('shows nothing without a known token', async () => {
    expect((await quarantine().get({}, 'stranger')).statusCode).toBe(401);
  });
});
