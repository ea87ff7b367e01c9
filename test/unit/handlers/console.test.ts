import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { consoleFiles } from '../../../.build/console-files.ts';
import { handler } from '../../../handlers/console.ts';
import { weightOf } from '../../../scripts/build-console.ts';
import { httpEvent } from '../../support/factories/http-event.ts';

const script = Object.keys(consoleFiles.assets).find((name) => name.endsWith('.js')) ?? '';
const style = Object.keys(consoleFiles.assets).find((name) => name.endsWith('.css')) ?? '';

function get(path: string, headers: Record<string, string> = {}) {
  return handler(httpEvent({ path, headers }));
}

describe('GET /console', () => {
  it('gives the page without a token, to be asked for anew every time', async () => {
    const answer = await get('/console');

    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(answer.body).toContain(`console/assets/${script}`);
  });

  it('is answered with 304 when the browser has it', async () => {
    const etag = String((await get('/console')).headers?.etag);

    const again = await get('/console', { 'if-none-match': etag });

    expect(again).toMatchObject({
      statusCode: 304,
      body: '',
      headers: { etag, 'cache-control': 'no-cache' },
    });
  });

  it('holds no script and no style of its own, which the policy would not let run', async () => {
    const { body = '' } = await get('/console');

    expect(body).not.toMatch(/<style|style=|<base|\son\w+=|<script(?![^>]*src=)/);
  });
});

describe('the headers of every answer', () => {
  it.each(['/', '/console', '/console/incidents/x', `/console/assets/${script}`, '/console/assets/none'])(
    'of %s loosen nothing',
    async (path) => {
      const { headers } = await get(path);

      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers?.['permissions-policy']).toContain('camera=()');
    },
  );
});

describe('an asset', () => {
  it.each([
    ['the script', script, 'text/javascript; charset=utf-8', 'sessionStorage'],
    ['the style', style, 'text/css; charset=utf-8', 'prefers-color-scheme'],
  ])('%s comes compressed, to be kept for good', async (_what, name, contentType, inside) => {
    const answer = await get(`/console/assets/${name}`);

    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    expect(answer.headers).toMatchObject({
      'content-type': contentType,
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(gunzipSync(Buffer.from(answer.body ?? '', 'base64')).toString()).toContain(inside);
  });

  it('that is not there is a problem, kept by nobody', async () => {
    const answer = await get('/console/assets/console-00000000.js');

    expect(answer.statusCode).toBe(404);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
  });
});

describe('another method', () => {
  it('HEAD gives the headers alone', async () => {
    const page = await handler(httpEvent({ method: 'HEAD', path: '/console' }));
    const asset = await handler(httpEvent({ method: 'HEAD', path: `/console/assets/${script}` }));

    expect(page).toMatchObject({ statusCode: 200, body: '' });
    expect(asset).toMatchObject({ statusCode: 200, body: '', isBase64Encoded: false });
  });

  it.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const answer = await handler(httpEvent({ method, path: '/console' }));

    expect(answer.statusCode).toBe(405);
    expect(answer.headers?.allow).toBe('GET, HEAD');
  });
});

describe('GET /', () => {
  it.each([
    ['https://api.example/', '/', 'https://api.example/console'],
    ['https://api.example/dev/', '/dev/', 'https://api.example/dev/console'],
    ['https://api.example/dev', '/dev', 'https://api.example/dev/console'],
  ])('at %s leads to the console', async (address, path, there) => {
    const answer = await get(path);

    expect(answer.statusCode).toBe(302);
    expect(new URL(String(answer.headers?.location), address).href).toBe(there);
  });
});

describe('what a browser loads', () => {
  it('is under 150 kB in all, compressed', () => {
    expect(weightOf(consoleFiles)).toBeGreaterThan(10_000);
    expect(weightOf(consoleFiles)).toBeLessThan(150_000);
  });
});
