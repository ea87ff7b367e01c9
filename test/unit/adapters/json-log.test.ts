import { expect, it } from 'vitest';
import { createJsonLog } from '../../../lib/adapters/log/json-log.ts';

it('a line of the log is one line to every reader, and means what was logged', () => {
  const lines: string[] = [];
  const text = 'x\u2028{"level":"error"}\u0085y\u009b2J\u202ez';

  createJsonLog((line) => lines.push(line)).warn('read', { text });

  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
  expect(JSON.parse(lines[0] ?? '')).toEqual({ level: 'warn', message: 'read', text });
});
