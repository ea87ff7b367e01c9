import { afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../console/api/client.ts';
import { attentionFirst } from '../../../console/incident/attention-first.ts';
import { isNumeric } from '../../../console/incident/is-numeric.ts';
import { createSession } from '../../../console/session/session.ts';
import { finding } from '../../support/factories/finding.ts';
import { serve, stopServing } from '../../support/servers/serve.ts';

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe('a session', () => {
  it('forgets the token and says why, and a new token clears both', () => {
    const session = createSession(storage());
    const seen: (string | undefined)[] = [];
    session.subscribe(() => seen.push(session.token()));

    session.keep('one');
    session.noteReadOnly();
    session.drop('not any more');

    expect([session.token(), session.why(), session.readOnly()]).toEqual([undefined, 'not any more', false]);
    session.keep('two');
    expect([session.token(), session.why()]).toEqual(['two', undefined]);
    expect(seen).toEqual(['one', undefined, 'two']);
  });

  it('keeps the name when the token goes', () => {
    const session = createSession(storage());

    session.keepName('Ana');
    session.drop();

    expect(session.name()).toBe('Ana');
  });
});

describe('asking the API', () => {
  afterEach(stopServing);

  it('brings the token as a bearer and never in the address', async () => {
    const seen: { url: string | undefined; authorization: string | undefined }[] = [];
    const root = await serve(({ url, headers: { authorization } }, response) => {
      seen.push({ url, authorization });
      response.setHeader('content-type', 'application/json').end('{"incidents":[]}');
    });
    const api = createApi({ root: `${root}/`, token: 'secret', onUnauthorized() {} });

    const answer = await api.list({ alertname: 'a&b=c' });

    expect(answer).toEqual({ kind: 'ok', value: { incidents: [] } });
    expect(seen).toEqual([{ url: '/incidents?alertname=a%26b%3Dc', authorization: 'Bearer secret' }]);
  });

  it('says which parameter was refused, and what stands before the API when it is no problem', async () => {
    const root = await serve((request, response) => {
      response.statusCode = request.url?.includes('severity') ? 400 : 502;
      response.end(
        response.statusCode === 400 ? '{"detail":"severity is odd.","path":"severity"}' : '<html>Bad Gateway',
      );
    });
    const api = createApi({ root: `${root}/`, token: 'secret', onUnauthorized() {} });

    expect(await api.list({ severity: 'odd' })).toEqual({
      kind: 'refused',
      status: 400,
      detail: 'severity is odd.',
      path: 'severity',
    });
    expect(await api.list({})).toEqual({ kind: 'refused', status: 502, detail: 'The API answered 502.' });
  });

  it('tells of a token that is not known, and of nobody there', async () => {
    let notified = 0;
    const root = await serve((_, response) => {
      response.statusCode = 401;
      response.end();
    });
    const refused = createApi({ root: `${root}/`, token: 'old', onUnauthorized: () => (notified += 1) });
    const nowhere = createApi({ root: 'http://127.0.0.1:1/', token: 'any', onUnauthorized() {} });

    expect(await refused.show('a/b')).toMatchObject({ kind: 'refused', status: 401 });
    expect(notified).toBe(1);
    expect(await nowhere.show('x')).toEqual({ kind: 'unreachable', detail: 'The API cannot be reached.' });
  });

  it('that is not wanted any more is no failure', async () => {
    const root = await serve(() => {});
    const api = createApi({ root: `${root}/`, token: 'any', onUnauthorized() {} });
    const abort = new AbortController();

    const asked = api.list({}, abort.signal);
    abort.abort();

    expect(await asked).toEqual({ kind: 'aborted' });
  });
});

describe('findings', () => {
  it('that need attention stand first, the others keep the runbook’s order', () => {
    const findings = [
      finding({ stepId: 'a', verdict: 'unchecked' }),
      finding({ stepId: 'b', verdict: 'normal' }),
      finding({ stepId: 'c', verdict: 'attention' }),
      finding({ stepId: 'd', verdict: 'normal' }),
    ];

    expect(attentionFirst(findings).map(({ stepId }) => stepId)).toEqual(['c', 'b', 'd', 'a']);
  });

  it('have columns of numbers, which are aligned by their ends', () => {
    expect(['7', '1,234', '-0.5', '12 s', '14 m 02 s', '98.2 %', ''].map(isNumeric)).not.toContain(false);
    expect(['active', '10.0.0.1:8080 up', 'pid 7 runs', '2026-11-24 03:00'].map(isNumeric)).not.toContain(
      true,
    );
  });
});
