import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { readInOwnProcess } from '../support/processes/own-process.ts';
import { serve, stopServing } from '../support/servers/serve.ts';

const MB = 1_000_000;
const SCRIPT = new URL('../support/processes/read-huge-log.ts', import.meta.url);

afterEach(stopServing);

/** A server that sends a whole log, whatever the request. */
function serveLog(write: (response: ServerResponse) => void): Promise<string> {
  const pod = {
    kind: 'Pod',
    metadata: { name: 'api' },
    spec: { containers: [{ name: 'api' }] },
    status: { phase: 'Running' },
  };
  return serve((request, response) => {
    if (request.url?.includes('/log?')) write(response);
    else response.end(JSON.stringify(pod));
  });
}

/** Writes a block until so many bytes are written, as fast as the client reads, and then the last lines. */
function writeOut(response: ServerResponse, block: Buffer, bytes: number, last: string): void {
  let written = 0;
  function more(): void {
    while (written < bytes) {
      written += block.length;
      if (!response.write(block)) return;
    }
    response.off('drain', more);
    response.end(last);
  }
  response.on('drain', more);
  more();
}

test('200 MB of log are read to their end in less than 150 MB of memory', async () => {
  const line = '2026-11-24T03:12:00.000000000Z INFO  request completed latency_ms=8420 needle\n';
  const block = Buffer.from(line.repeat(800));
  const url = await serveLog((response) => writeOut(response, block, 200 * MB, 'the last needle\n'));

  const { answer, peakBytes } = await readInOwnProcess(SCRIPT, url);

  const lines = Math.ceil((200 * MB) / block.length) * 800 + 1;
  expect(answer).toMatchObject({ kind: 'ok', value: { read: lines, matched: lines } });
  expect(answer).toMatchObject({
    value: { lines: expect.arrayContaining([{ pod: 'api', text: 'the last needle' }]) },
  });
  expect(peakBytes).toBeLessThan(150 * MB);
});

test('one line of 200 MB is one line, and is not kept in memory either', async () => {
  const block = Buffer.from('needle '.repeat(8_000));
  const url = await serveLog((response) => {
    response.write('2026-11-24T03:12:00.000000000Z ');
    writeOut(response, block, 200 * MB, '\n');
  });

  const { answer, peakBytes } = await readInOwnProcess(SCRIPT, url);

  expect(answer).toMatchObject({ kind: 'ok', value: { read: 1, matched: 1 } });
  // Where nothing else is allocated, used chunks wait longer for the garbage collector.
  expect(peakBytes).toBeLessThan(300 * MB);
});

test('reading an endless log ends, whatever the time limit', async () => {
  const block = Buffer.from('needle '.repeat(8_000));
  const url = await serveLog((response) => writeOut(response, block, 300 * MB, '\n'));

  const { answer } = await readInOwnProcess(SCRIPT, url);

  expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('larger') });
});
