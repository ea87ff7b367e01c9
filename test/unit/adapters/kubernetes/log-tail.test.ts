import { expect, test } from 'vitest';
import { createLogTail, type LogTailOptions } from '../../../../lib/adapters/kubernetes/log-tail.ts';

async function* chunksOf(...texts: (string | Buffer)[]) {
  for (const text of texts) yield Buffer.from(text);
}

function options(change: Partial<LogTailOptions> = {}): LogTailOptions {
  return { most: 3, longest: 100, matches: () => true, ...change };
}

async function textsOf(chunks: AsyncIterable<Buffer>, change: Partial<LogTailOptions> = {}) {
  const { newest } = await createLogTail(chunks, options(change));
  return newest.map(({ text }) => text);
}

test('the newest lines that match are kept, oldest of them first, and all are counted', async () => {
  const log = chunksOf('a1\nb1\na2\nb2\na3\na4\nb3\na5\n');

  const tail = await createLogTail(log, options({ matches: (line) => line.startsWith('a') }));

  expect(tail).toEqual({
    newest: ['a3', 'a4', 'a5'].map((text) => ({ at: 0, text })),
    matched: 5,
    read: 8,
    stamped: 0,
    unstamped: 'a1',
  });
});

test('a line may come in pieces, also a piece of a character, and the last one needs no end', async () => {
  const umlaut = Buffer.from('ü');
  const log = chunksOf('fi', 'rst\r\nse', umlaut.subarray(0, 1), umlaut.subarray(1), 'cond\nla', 'st');

  expect(await textsOf(log)).toEqual(['first', 'seücond', 'last']);
});

test('every way of cutting a log into chunks reads the same', async () => {
  const log = 'one\n\ntwo\nthree\n';

  for (let at = 0; at <= log.length; at += 1) {
    expect(await textsOf(chunksOf(log.slice(0, at), log.slice(at)), { most: 9 })).toEqual([
      'one',
      '',
      'two',
      'three',
    ]);
  }
});

test('the time before a line is taken off and kept, whatever its zone', async () => {
  const log = chunksOf(
    '2026-11-24T03:12:00.123456789Z in UTC\n2026-11-24T04:12:01.000000000+01:00 elsewhere\nwithout\n',
  );

  const { newest } = await createLogTail(log, options());

  const at = Date.UTC(2026, 10, 24, 3, 12);
  expect(newest).toEqual([
    { at: at + 123, text: 'in UTC' },
    { at: at + 1_000, text: 'elsewhere' },
    { at: 0, text: 'without' },
  ]);
});

test('of a line only its beginning is looked at, however long it is', async () => {
  const chunk = 'x'.repeat(10_000);
  const log = chunksOf('start', ...Array.from({ length: 100 }, () => chunk), ' end\nnext\n');

  const tail = await createLogTail(log, options({ longest: 20 }));

  expect(tail.newest.map(({ text }) => text)).toEqual([`start${'x'.repeat(15)}`, 'next']);
  expect(tail.read).toBe(2);
});

test('terminal colours are no part of a line', async () => {
  expect(await textsOf(chunksOf('\u001b[1;31mERROR\u001b[0m pool\t[empty]\n'))).toEqual([
    'ERROR pool\t[empty]',
  ]);
});

test('an empty log has no lines', async () => {
  expect(await createLogTail(chunksOf(), options())).toEqual({
    newest: [],
    matched: 0,
    read: 0,
    stamped: 0,
  });
});
