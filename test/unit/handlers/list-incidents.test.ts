import { describe, expect, it } from 'vitest';
import { createListIncidents } from '../../../handlers/list-incidents.ts';
import type { HttpResult } from '../../../handlers/middleware/http.ts';
import { categories } from '../../support/factories/catalog.ts';
import { bearer, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';
import { createMemoryWorld } from '../../support/fakes/memory-world.ts';
import { silentLog } from '../../support/harness/first-responder.ts';

/** A history of five open incidents, newest first. */
async function createApi(
  tokens: { READ_TOKENS: string[]; WRITE_TOKENS?: string[] } = { READ_TOKENS: ['reader'] },
) {
  const world = createMemoryWorld(STORED_AT);
  for (let n = 0; n < 5; n += 1) {
    await world.incidents.write(storedIncident({ openedAt: STORED_AT - n, category: 'agents' }), 0);
  }
  const build = (access: typeof tokens) =>
    createListIncidents({ ports: world, access, categories, clock: world.clock, log: silentLog });
  const call =
    (handler: ReturnType<typeof build>) =>
    async (rawQueryString: string, token = 'reader') =>
      handler({ ...httpEvent({ headers: bearer(token) }), rawQueryString }, lambdaContext);
  return { world, get: call(build(tokens)), afterRotation: (to: typeof tokens) => call(build(to)) };
}

type Body = {
  incidents?: { id: string; openedAt: string }[];
  cursor?: string;
  path?: string;
  detail?: string;
};

function bodyOf(result: HttpResult): Body {
  return JSON.parse(result.body ?? 'null');
}

describe('GET /incidents', () => {
  it('filters by everything at once', async () => {
    const { get } = await createApi();
    const filters = 'status=open&alertname=HighErrorRate&severity=critical&source=prod&category=agents';

    const [found, other] = [await get(filters), await get(filters.replace('agents', 'trading'))];

    expect(bodyOf(found).incidents).toHaveLength(5);
    expect(bodyOf(other).incidents).toEqual([]);
    expect(found.headers?.['cache-control']).toBe('no-store');
  });

  it('goes on from a cursor while the clock moves, and ends without one', async () => {
    const { world, get } = await createApi();
    const pages: Body[] = [];
    let cursor: string | undefined;
    do {
      const page = bodyOf(await get(`limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`));
      pages.push(page);
      cursor = page.cursor;
      world.clock.advance(60_000);
      await world.incidents.write(storedIncident({ openedAt: world.clock.now() }), 0);
    } while (cursor !== undefined);

    const times = pages.flatMap(({ incidents = [] }) =>
      incidents.map(({ openedAt }) => Date.parse(openedAt)),
    );
    expect(times).toEqual([0, 1, 2, 3, 4].map((n) => STORED_AT - n));
  });

  it.each<[string, string, string]>([
    ['an unknown parameter', 'color=red', 'color'],
    ['an unknown parameter beside a good one', 'status=open&staus=open', 'staus'],
    ['a parameter that is given twice', 'status=open&status=open', 'status'],
    ['a parameter that is given twice, in other spellings', 'source=a&s%6Furce=b', 'source'],
    ['a parameter in brackets', 'status[]=open', 'status[]'],
    ['a parameter without a value', 'status', 'status'],
    ['a parameter without a name', '=open', ''],
    ['an inherited name', 'constructor=1', 'constructor'],
    ['a prototype', '__proto__=1', '__proto__'],
    ['a limit of nothing', 'limit=0', 'limit'],
    ['a limit over 200', 'limit=201', 'limit'],
    ['a limit that is no number', 'limit=NaN', 'limit'],
    ['a limit with digits of another script', 'limit=%D9%A3', 'limit'],
    ['a range that is reversed', 'from=2026-11-24&to=2026-11-23', 'from'],
    ['a range in the future', 'from=2030-01-01', 'from'],
    ['a day that does not exist', 'to=2026-02-30', 'to'],
    ['the year 1', 'from=0001-01-01T00:00:00Z', 'from'],
    ['the year 9999', 'to=9999-12-31T00:00:00Z', 'to'],
    ['a time that is no time', 'from=now-1h', 'from'],
    ['a status that there is not', 'status=Open', 'status'],
    ['a severity that there is not', 'severity=page', 'severity'],
    ['a category that there is not', 'category=Agents', 'category'],
    ['an empty source', 'source=', 'source'],
    ['a source that is too long', `source=${'x'.repeat(1_025)}`, 'source'],
    ['a cursor that was made up', 'cursor=eyJvcGVuZWRBdCI6MH0', 'cursor'],
    ['a cursor that is empty', 'cursor=', 'cursor'],
    ['a cursor that is too long', `cursor=${'A'.repeat(5_000)}`, 'cursor'],
    ['a cursor with odd characters', 'cursor=%00%ff', 'cursor'],
  ])('answers %s with 400, and names it', async (_what, query, path) => {
    const { get } = await createApi();

    const result = await get(query);

    expect(result).toMatchObject({
      statusCode: 400,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(result)).toMatchObject({ path, detail: expect.stringContaining(path) });
  });

  it('says which value was wrong, and not all of it when it is long', async () => {
    const { get } = await createApi();

    const [short, long] = [await get('severity=page'), await get(`status=${'open'.repeat(500)}`)];

    expect(bodyOf(short).detail).toBe('severity must be one of info, warning, critical, not "page".');
    expect(bodyOf(long).detail).toHaveLength(81);
  });

  it('refuses the cursor of a listing with other filters', async () => {
    const { get } = await createApi();
    const { cursor } = bodyOf(await get('status=open&limit=2'));

    const results = await Promise.all(
      [`limit=2&cursor=${cursor}`, `status=open&source=prod&cursor=${cursor}`].map((query) => get(query)),
    );

    for (const result of results) {
      expect(result.statusCode).toBe(400);
      expect(bodyOf(result)).toMatchObject({
        path: 'cursor',
        detail: expect.stringContaining('other filters'),
      });
    }
  });

  it('refuses a cursor after a token was rotated, and says what to do', async () => {
    const { get, afterRotation } = await createApi();
    const { cursor } = bodyOf(await get('limit=2'));

    const result = await afterRotation({ READ_TOKENS: ['reader', 'reader-2'] })(`limit=2&cursor=${cursor}`);

    expect(result.statusCode).toBe(400);
    expect(bodyOf(result)).toMatchObject({ path: 'cursor', detail: expect.stringContaining('begin again') });
  });

  it('takes the cursor that another holder of a token was given', async () => {
    const { get } = await createApi({ READ_TOKENS: ['reader'], WRITE_TOKENS: ['writer'] });
    const { cursor } = bodyOf(await get('limit=2', 'reader'));

    const result = await get(`limit=2&cursor=${cursor}`, 'writer');

    expect(bodyOf(result).incidents).toHaveLength(2);
  });

  it('says nothing of what is wrong to somebody without a token', async () => {
    const { get } = await createApi();

    const results = await Promise.all(
      ['color=red', 'status=open&status=open', 'cursor=x'].map((query) => get(query, 'unknown')),
    );

    expect(results.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect(new Set(results.map(({ body }) => body)).size).toBe(1);
  });
});
