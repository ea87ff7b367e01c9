import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createChangeMaintenance } from '../../../handlers/change-maintenance.ts';
import { createListMaintenance } from '../../../handlers/list-maintenance.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';

/** The clock of the memory world stands at 2026-11-24 03:00 UTC. */
const asked = {
  matchers: '{alertname=~"Database.*", env!="prod"}',
  from: '2026-11-24T04:00:00+01:00',
  to: '2026-11-24T05:30:00Z',
  by: 'Ana',
  reason: 'database upgrade',
};

function api() {
  const world = createMemoryWorld();
  const access = { READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] };
  const parts = { access, ports: world, clock: world.clock, log: createRecordingLog() };
  const maintain = createChangeMaintenance({ ...parts, unique: () => 'f00d-cafe-1234' });
  const list = createListMaintenance(parts);
  return {
    world,
    post: (body: object | string, token = 'writer') =>
      maintain(
        httpEvent({
          method: 'POST',
          path: '/maintenance',
          headers: bearer(token),
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
        lambdaContext,
      ),
    end: (id: string, token = 'writer') =>
      maintain(
        httpEvent({
          method: 'DELETE',
          path: `/maintenance/${id}`,
          headers: bearer(token),
          parameters: { id },
        }),
        lambdaContext,
      ),
    list: (token = 'reader') => list(httpEvent({ headers: bearer(token) }), lambdaContext),
  };
}

describe('POST /maintenance', () => {
  it('enters one, answers with its id, and lists it', async () => {
    const { post, list } = api();

    const result = await post(asked);

    expect(result.statusCode).toBe(201);
    const entered = JSON.parse(result.body ?? '');
    expect(entered).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{9}-f00dcafe12$/),
      state: 'active',
      matchers: 'alertname=~"Database.*", env!="prod"',
      from: '2026-11-24T03:00:00.000Z',
      to: '2026-11-24T05:30:00.000Z',
      by: 'Ana',
      reason: 'database upgrade',
      muted: [],
    });
    expect(JSON.parse((await list()).body ?? '')).toEqual({ maintenances: [entered] });
  });

  it('takes matchers one by one as amtool does, and begins now when from is left out', async () => {
    const { from: _, ...rest } = asked;

    const result = await api().post({ ...rest, matchers: ['alertname=AgentDown', 'env="test"'] });

    expect(JSON.parse(result.body ?? '')).toMatchObject({
      matchers: 'alertname=AgentDown, env="test"',
      from: '2026-11-24T03:00:00.000Z',
    });
  });

  it.each([
    ['to', { to: '2026-11-24T02:00:00Z' }],
    ['to', { from: '2026-11-25T00:00:00Z', to: '2026-11-24T23:00:00Z' }],
    ['to', { to: '2026-12-25T03:00:01Z' }],
    ['to', { to: '2026-11-24T05:30:00' }],
    ['to', { to: undefined }],
    ['from', { from: 'tomorrow' }],
    ['to', { from: '2026-10-01T00:00:00Z' }],
    ['matchers', { matchers: '{alertname=~".*"}' }],
    ['matchers', { matchers: 'env!="prod"' }],
    ['matchers', { matchers: 'alertname=~"("' }],
    ['matchers', { matchers: '{}' }],
    ['matchers', { matchers: [] }],
    ['matchers', { matchers: 3 }],
    ['by', { by: ' ' }],
    ['reason', { reason: 'x'.repeat(501) }],
    ['until', { until: 'x' }],
  ])('refuses a bad %s by its name: %j', async (path, change) => {
    const result = await api().post({ ...asked, ...Object(change) });

    expect(result.statusCode).toBe(400);
    expect(result.headers?.['content-type']).toBe('application/problem+json');
    const { path: named, detail } = JSON.parse(result.body ?? '');
    expect(named).toBe(path);
    expect(detail).toMatch(new RegExp(`^${path} `));
  });

  it('takes a pattern that would try again from each position, because it is matched in linear time', async () => {
    expect(await api().post({ ...asked, matchers: 'service=~"(a|a)*c"' })).toMatchObject({ statusCode: 201 });
  });

  it.each([
    [
      'service=~"(?=a)b"',
      'matchers cannot be read: service=~"(?=a)b" has a lookahead, (?=, which RE2, the syntax of Prometheus and Alertmanager, does not have.',
    ],
    [
      ['env="a"', 'service!~"a**"'],
      'matchers cannot be read: service!~"a**" is not a regular expression: invalid nested repetition operator: **.',
    ],
  ])('refuses %j with one sentence that names the matcher and what is wrong', async (matchers, sentence) => {
    const result = await api().post({ ...asked, matchers });

    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body ?? '')).toMatchObject({ path: 'matchers', detail: sentence });
  });

  it('refuses a body that is no object in its own words, whatever else the process has loaded', async () => {
    // The first schema of it gives all of the process zod's own words.
    z.string();

    const result = await api().post('3');

    expect(JSON.parse(result.body ?? '')).toMatchObject({
      status: 400,
      detail: 'The body must be a JSON object.',
    });
  });

  it('refuses what is not JSON, and whoever may not write', async () => {
    const { post } = api();

    expect((await post('matchers')).statusCode).toBe(400);
    expect((await post(asked, 'reader')).statusCode).toBe(403);
    expect((await post(asked, 'stranger')).statusCode).toBe(401);
  });
});

describe('DELETE /maintenance/{id}', () => {
  it('ends it now, once', async () => {
    const { world, post, end, list } = api();
    const { id } = JSON.parse((await post(asked)).body ?? '');
    world.clock.advance(MINUTE);

    const first = await end(id);
    world.clock.advance(MINUTE);
    const second = await end(id);

    expect(first.statusCode).toBe(200);
    for (const result of [first, second]) {
      expect(JSON.parse(result.body ?? '')).toMatchObject({
        id,
        state: 'over',
        endedAt: '2026-11-24T03:01:00.000Z',
      });
    }
    expect(JSON.parse((await list()).body ?? '').maintenances).toHaveLength(1);
  });

  it('knows no other ids, and asks for a write token', async () => {
    const { end, list } = api();

    expect((await end('000000007-nothing')).statusCode).toBe(404);
    expect((await end('nothing', 'reader')).statusCode).toBe(403);
    expect((await list('stranger')).statusCode).toBe(401);
  });
});
