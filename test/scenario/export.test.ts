import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { createExportIncidents } from '../../handlers/export-incidents.ts';
import { createFeedIncidents } from '../../handlers/feed-incidents.ts';
import { createAtomWriter } from '../../lib/adapters/atom/atom-writer.ts';
import { createCsvWriter } from '../../lib/adapters/csv/csv-writer.ts';
import type { IncidentQuery } from '../../lib/core/history/history.ts';
import { DAY, MINUTE } from '../../lib/core/shared/time.ts';
import { parseXml, textsOf } from '../support/assertions/parse-xml.ts';
import { categories } from '../support/factories/catalog.ts';
import { basic, bearer, httpEvent, lambdaContext } from '../support/factories/http-event.ts';
import { STORED_AT, storedIncident } from '../support/factories/stored-incident.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { createMemoryWorld, type MemoryWorld } from '../support/fakes/memory-world.ts';
import { FirstResponder, silentLog } from '../support/harness/first-responder.ts';

type Ask = { query?: Record<string, string>; headers?: Record<string, string> };

function api(world: MemoryWorld) {
  const parts = { access: { READ_TOKENS: ['reader'] }, categories, clock: world.clock, log: silentLog };
  const history = world.history;
  const exported = createExportIncidents({ ...parts, ports: { history, csv: createCsvWriter() } });
  const feed = createFeedIncidents({
    ...parts,
    ports: { history, feed: createAtomWriter(), publicUrl: 'https://fr.example' },
  });
  return (path: '/incidents.csv' | '/incidents.jsonl' | '/incidents.atom', { query, headers }: Ask = {}) => {
    const handler = path === '/incidents.atom' ? feed : exported;
    const event = httpEvent({ path, headers: headers ?? bearer('reader'), ...(query && { query }) });
    return handler(event, lambdaContext);
  };
}

/** Follows the links like a client, from the first response to the last. */
async function all(get: ReturnType<typeof api>, path: '/incidents.csv' | '/incidents.jsonl', query = {}) {
  const bodies: string[] = [];
  const types: string[] = [];
  for (let next: Record<string, string> | undefined = query; next; ) {
    const { body, headers } = await get(path, { query: next });
    bodies.push(body ?? '');
    types.push(String(headers?.['content-type']));
    const link: string | undefined = /^<(.+)>; rel="next"$/.exec(String(headers?.link ?? ''))?.[1];
    const url = link === undefined ? undefined : new URL(link, `https://fr.example${path}`);
    if (url) expect(url.pathname).toBe(path);
    next = url && Object.fromEntries(url.searchParams);
  }
  return { bodies, types };
}

async function worldOf(count: number): Promise<MemoryWorld> {
  const world = createMemoryWorld(STORED_AT);
  for (let n = 0; n < count; n += 1) {
    await world.incidents.write(storedIncident({ key: `k${n}`, openedAt: STORED_AT - n * MINUTE }), 0);
  }
  return world;
}

describe('an incident outside of this system', () => {
  it('appears in a CSV table, in JSON lines and in a feed', async () => {
    const system = new FirstResponder();
    const { world } = system;
    await system.receive([webhookAlert({ startsAt: world.clock.now(), labels: { alertname: '=1+1' } })]);
    await system.drain();
    const get = api(world);

    const [csv, jsonl, atom] = await Promise.all([
      get('/incidents.csv'),
      get('/incidents.jsonl'),
      get('/incidents.atom', { headers: basic('feed reader', 'reader') }),
    ]);

    const [record] = parse<Record<string, string>>(csv.body ?? '', { columns: true });
    expect(record).toMatchObject({ alertname: "'=1+1", status: 'open', severity: 'critical', firing: '1' });
    const lines = (jsonl.body ?? '').split('\n');
    expect(lines.map((line) => (line === '' ? '' : JSON.parse(line)))).toEqual([
      expect.objectContaining({ id: record?.id, alertname: '=1+1', status: 'open' }),
      '',
    ]);
    const [entry] = parseXml(atom.body ?? '').children.filter(({ name }) => name === 'entry');
    expect(entry && textsOf(entry, 'title')).toEqual(['CRITICAL =1+1']);
    expect([csv, jsonl, atom].map(({ headers }) => headers?.['content-type'])).toEqual([
      'text/csv; charset=utf-8; header=present',
      'application/jsonl; charset=utf-8',
      'application/atom+xml; charset=utf-8',
    ]);
  });
});

describe('an alertname with line breaks', () => {
  it.each([
    ['a line feed', 'First line\nsecond line'],
    ['a line separator', 'First line\u2028second line'],
    ['a next line', 'First line\u0085second line'],
  ])('is one line of CSV and one of JSON lines: %s', async (_what, alertname) => {
    const system = new FirstResponder();
    const { world } = system;
    await system.receive([webhookAlert({ startsAt: world.clock.now(), labels: { alertname } })]);
    await system.drain();
    const get = api(world);

    const [csv, jsonl] = await Promise.all([get('/incidents.csv'), get('/incidents.jsonl')]);

    const anyLineEnd = /\r\n|[\n\r\u0085\u2028\u2029]/;
    const [, line, ...rest] = (csv.body ?? '').split(anyLineEnd);
    expect(rest).toEqual(['']);
    expect(line?.split(',')[2]).toBe('First line second line');
    const [json = '', ...more] = (jsonl.body ?? '').split(anyLineEnd);
    expect(more).toEqual(['']);
    expect(JSON.parse(json)).toMatchObject({ alertname });
  });
});

describe('an export', () => {
  it('holds a thousand incidents and a link to the next ones; only the first part has the header', async () => {
    const get = api(await worldOf(2_001));

    const { bodies, types } = await all(get, '/incidents.csv');

    const records = parse<Record<string, string>>(bodies.join(''), { columns: true });
    expect(bodies.map((body) => body.split('\r\n').length - 1)).toEqual([1_001, 1_000, 1]);
    expect(types.map((type) => /header=(\w+)/.exec(type)?.[1])).toEqual(['present', 'absent', 'absent']);
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: 2_001 }, (_, n) => `k${n}.1`));
  });

  it('misses none at the end of the range while the clock advances between two parts', async () => {
    const world = await worldOf(3);
    await world.incidents.write(storedIncident({ key: 'oldest', openedAt: STORED_AT - 30 * DAY + 1 }), 0);
    const get = api(world);

    const first = await get('/incidents.jsonl', { query: { limit: '2' } });
    world.clock.advance(MINUTE);
    const link = /<incidents\.jsonl\?(.+)>/.exec(String(first.headers?.link))?.[1];
    const second = await get('/incidents.jsonl', { query: Object.fromEntries(new URLSearchParams(link)) });

    expect(second.body).toContain('oldest.1');
    expect(second.headers).not.toHaveProperty('link');
  });

  it('without incidents has a header and no line', async () => {
    const get = api(await worldOf(0));

    const [csv, jsonl] = await Promise.all([get('/incidents.csv'), get('/incidents.jsonl')]);

    expect(csv.body?.split('\r\n')).toEqual([expect.stringMatching(/^id,source,/), '']);
    expect(jsonl.body).toBe('');
  });

  it('accepts the filters of the listing', async () => {
    const get = api(await worldOf(3));

    const { bodies } = await all(get, '/incidents.jsonl', {
      status: 'open',
      severity: 'critical',
      alertname: 'HighErrorRate',
      source: 'prod',
      from: '2026-11-24T02:59:00Z',
    });

    expect(bodies.join('').match(/"id":"[^"]+"/g)).toEqual(['"id":"k0.1"', '"id":"k1.1"']);
  });
});

describe('the feed', () => {
  it('is filled from further pages if the filters left a page half empty', async () => {
    const world = await worldOf(4);
    const asked: number[] = [];
    const history = {
      list: async (query: IncidentQuery) => {
        asked.push(query.limit);
        const { incidents, next } = await world.history.list({ ...query, limit: 1 });
        return asked.length === 2 && next ? { incidents: [], next } : { incidents, ...(next && { next }) };
      },
    };
    const get = api({ ...world, history: { ...world.history, ...history } });

    const { body } = await get('/incidents.atom', { query: { limit: '3' } });

    expect(parseXml(body ?? '').children.filter(({ name }) => name === 'entry')).toHaveLength(3);
    expect(asked).toEqual([3, 2, 2, 1]);
  });

  it('stops after a few pages, however little was found', async () => {
    const world = await worldOf(0);
    let asked = 0;
    const list = async () => {
      asked += 1;
      return { incidents: [], next: { openedAt: STORED_AT, id: 'k.1' } };
    };
    const get = api({ ...world, history: { ...world.history, list } });

    const { statusCode } = await get('/incidents.atom');

    expect([statusCode, asked]).toEqual([200, 5]);
  });
});

describe.each(['/incidents.csv', '/incidents.jsonl', '/incidents.atom'] as const)('GET %s', (path) => {
  it.each([
    [{ color: 'red' }, 'color'],
    [{ limit: '1001' }, 'limit'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'from'],
    [{ cursor: 'foreign' }, 'cursor'],
  ])('refuses %j and names the parameter', async (query, name) => {
    const result = await api(await worldOf(0))(path, { query });

    expect(result.statusCode).toBe(400);
    expect(JSON.parse(result.body ?? '')).toMatchObject({ path: name });
  });

  it('shows nothing without a token, and does not parse the request first', async () => {
    const get = api(await worldOf(1));

    const results = await Promise.all(
      [{}, bearer('stranger'), basic('reader', 'stranger')].map((headers) =>
        get(path, { headers, query: { color: 'red' } }),
      ),
    );

    expect(results.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect(results[0]?.headers?.['www-authenticate']).toContain('Basic');
  });
});
