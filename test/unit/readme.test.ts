import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const images = [...readme.matchAll(/<img\s[^>]*>/g)].map(([tag]) => ({
  tag,
  src: attribute(tag, 'src'),
  alt: attribute(tag, 'alt'),
}));

describe('the pictures of README', () => {
  it('are those that npm run pictures makes', () => {
    expect(images.map(({ src }) => src)).toEqual(['docs/images/slack-notice.png', 'docs/images/console.png']);
    expect(readme).not.toMatch(/!\[/);
  });

  it.each(images)('are there, as PNG, light and sharp: $src', ({ src }) => {
    const file = join(root, src);

    expect(statSync(file).size).toBeLessThan(200_000);
    expect(decode(readFileSync(file)).width).toBeGreaterThan(1_200);
  });

  it.each(images)('say in words what they show: $src', ({ alt }) => {
    expect(alt.split(' ').length).toBeGreaterThan(8);
  });
});

describe('the list of decisions', () => {
  it('has each file once, in order', () => {
    const folder = join(root, 'docs', 'adr');
    const listed = [
      ...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| \[\d{4}\]\(([^)]+)\)/gm),
    ];

    const files = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));
    expect(listed.map(([, file]) => file)).toEqual(files.toSorted());
  });
});

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
