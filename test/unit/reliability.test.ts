import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'reliability.md'), 'utf8');

/** The last cell of each row that names a test: its file, and the beginning of a title. */
const named = marked.lexer(page).flatMap((token) => {
  if (token.type !== 'table') return [];
  return (token.rows as { text: string }[][]).flatMap((cells) => {
    const [, file, title] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(cells.at(-1)?.text ?? '') ?? [];
    return file === undefined || title === undefined ? [] : [{ file, title }];
  });
});

describe('docs/reliability.md', () => {
  it('names a test for each promise', () => {
    expect(named.length).toBeGreaterThan(35);
  });

  it.each(named)('names a test that is there: $file: $title', ({ file, title }) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(title);
  });
});
