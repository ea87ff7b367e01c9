import { describe, expect, it } from 'vitest';
import { type ConsoleFiles, serveConsole } from '../../../lib/flow/history/serve-console.ts';

const files: ConsoleFiles = {
  page: '<script src="{{assets}}console-1.js"></script><link href="{{assets}}style-1.css">',
  revision: 'r1',
  assets: { 'console-1.js': { contentType: 'text/javascript', gzip: 'AAAA' } },
};

function at(path: string, known?: string) {
  return serveConsole(files, path, known);
}

/** Where a browser looks for the script of the page at an address. */
function scriptOf(address: string): string {
  const answer = at(new URL(address).pathname);
  const src = answer.kind === 'page' ? /src="([^"]+)"/.exec(answer.html)?.[1] : undefined;
  return new URL(src ?? '', address).href;
}

describe('the page', () => {
  it.each([
    '/console',
    '/console/',
    '/console/history',
    '/console/incidents/4f1d2c3b5a697887.000001',
    '/console/incidents/4f1d2c3b5a697887.000001/report',
    '/dev/console/incidents/x',
  ])('is what %s gives, and its assets are found from there', (path) => {
    expect(at(path).kind).toBe('page');
    expect(scriptOf(`https://api.example${path}`)).toBe(
      `https://api.example${path.startsWith('/dev') ? '/dev' : ''}/console/assets/console-1.js`,
    );
  });

  it('is not sent again to a browser that has it, weakened or among others', () => {
    const first = at('/console/history');
    const etag = first.kind === 'page' ? first.etag : '';

    expect(at('/console/history', etag)).toEqual({ kind: 'unchanged', etag });
    expect(at('/console/history', `"other", W/${etag}`).kind).toBe('unchanged');
    expect(at('/console/history', '*').kind).toBe('unchanged');
    expect(at('/console/history', '"other"').kind).toBe('page');
  });

  it('of another depth is another one, because its links are', () => {
    const first = at('/console/history');
    const etag = first.kind === 'page' ? first.etag : '';

    expect(at('/console/incidents/x', etag).kind).toBe('page');
  });
});

describe('an asset', () => {
  it('is given by its name', () => {
    expect(at('/console/assets/console-1.js')).toEqual({
      kind: 'asset',
      contentType: 'text/javascript',
      gzip: 'AAAA',
    });
  });

  it.each([
    '/console/assets/console-2.js',
    '/console/assets/',
    '/console/assets',
    '/console/assets/deeper/console-1.js',
    '/console/assets/constructor',
    '/console/assets/__proto__',
  ])('that is not there, %s, is not found', (path) => {
    expect(at(path)).toEqual({ kind: 'not-found' });
  });
});

describe('a path that leads elsewhere', () => {
  it.each([
    '/console/../health',
    '/console/assets/../../serverless.yml',
    '/console/%2e%2e/%2e%2e/etc/passwd',
    '/console/..%2f..%2fetc%2fpasswd',
    '/console/assets/..%5cconsole-1.js',
    '/console/incidents/%00',
    '/console/%E0%A4%A',
    `/console${'/a'.repeat(7)}`,
    '/consoles',
    '/incidents',
  ])('%s is not found', (path) => {
    expect(at(path)).toEqual({ kind: 'not-found' });
  });
});
