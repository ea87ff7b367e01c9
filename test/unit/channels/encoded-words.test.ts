import { expect, it } from 'vitest';
import { encodeIfAmbiguous } from '../../../lib/channels/email/client/encoded-words.ts';

it('a text that looks like an encoded word is encoded itself, in words of at most 75 characters', () => {
  const text = `[CRITICAL] =?utf-8?B?DQpCY2M6IGU=?= ${'🔥é'.repeat(40)}`;

  const words = encodeIfAmbiguous(text).split(' ');

  const decoded = words.map((word) =>
    Buffer.from(/^=\?UTF-8\?B\?(.+)\?=$/.exec(word)?.[1] ?? '', 'base64').toString(),
  );
  expect(decoded.join('')).toBe(text);
  expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(75);
});

it('any other text is left as it is', () => {
  expect(encodeIfAmbiguous('[CRITICAL] AgentDown = ?')).toBe('[CRITICAL] AgentDown = ?');
});
