import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import axios from 'axios';
import { expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../../infra/local/stack/listen-on-loopback.ts';
import { retryStaleConnections } from '../../../lib/adapters/http-client/retry-stale-connection.ts';

/** A server that answers once on each connection and ends it at the next request. */
async function startForgetful() {
  const known = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.method ?? '');
    if (known.has(request.socket)) return void request.socket.destroy();
    known.add(request.socket);
    response.end('{}');
  });
  const { port, close } = await listenOnLoopback(server);
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/`, asked };
}

it('a read on a kept connection that its server has ended is asked again on a new one', async () => {
  const { url, asked } = await startForgetful();
  const http = retryStaleConnections(axios.create({ proxy: false, maxRedirects: 0 }));
  await http.get(url);

  const { status } = await http.get(url);

  expect(status).toBe(200);
  expect(asked).toEqual(['GET', 'GET', 'GET']);
});

it('a write is never repeated, because it may have arrived', async () => {
  const { url, asked } = await startForgetful();
  const http = retryStaleConnections(axios.create({ proxy: false, maxRedirects: 0 }));
  await http.get(url);

  await expect(http.post(url, {})).rejects.toThrow('socket hang up');
  expect(asked).toEqual(['GET', 'POST']);
});
