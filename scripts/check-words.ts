/**
 * `npm run check:words`: no name and no comment uses a banned word, and every reference to a file, a heading or a rule
 * leads somewhere. The words are in scripts/words/banned.ts, their replacements in docs/glossary.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkCode, checkDocument } from './words/check-text.ts';

const root = join(import.meta.dirname, '..');
/** History stays as it was written; this folder quotes the words that it bans. */
const EXEMPT =
  /^(CHANGELOG\.md|docs\/runbook-coverage\.md|scripts\/words\/|test\/unit\/check-words\.test\.ts)/;

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const names = new Set(tracked.map((file) => basename(file)));
const files = tracked.filter((file) => /\.(tsx?|md)$/.test(file) && !EXEMPT.test(file));

function headingsOf(file: string): Set<string> {
  const headings = readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => heading.toLowerCase().replace(/[^\w]+/g, '-')));
}

function exists(reference: string): boolean {
  const [file = '', anchor] = reference.split('#');
  if (!file.includes('/')) return names.has(file);
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || headingsOf(file).has(anchor);
}

const mistakes = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return file.endsWith('.md') ? checkDocument(file, text, exists) : checkCode(file, text, exists);
});
for (const { file, line, message } of mistakes) console.error(`${file}:${line}  ${message}`);
if (mistakes.length > 0) process.exitCode = 1;
else console.log(`${files.length} files use the words of docs/glossary.md`);
