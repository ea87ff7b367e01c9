/**
 * `npm run pictures`: README's pictures, from a local stack. Only Node's own modules are imported before the first try,
 * so that a missing package can be reported in one sentence.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createClosers } from '../infra/local/stack/closers.ts';
import { sentenceFor, stopOnSignals } from '../infra/local/stack/process-end.ts';
import type { Picture } from './pictures/pictures-of-stack.ts';

const HELP = `Usage: npm run pictures [-- --out FOLDER]

Makes the pictures of README.md anew: a notice as Slack shows it, and the console. For that it starts a local stack of
its own, plays a sample incident, fills a history, looks at both with Chromium, and stops the stack again. It needs
Chromium and the fonts that CONTRIBUTING.md names; without these the pictures have other letters and no marks.

  --out FOLDER   where slack-notice.png and console.png are written (docs/images)
  --help         show this

Exit codes: 0 written, 1 they could not be made, or one is too large for README, 2 called wrongly.`;

const root = join(import.meta.dirname, '..');
const FOLDER = join(root, 'docs', 'images');
/** Everybody who opens README loads them. */
const MOST_BYTES = 200_000;

async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (typeof options === 'string') return complain(options, 2);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const closers = createClosers();
  const stop = stopOnSignals();
  try {
    const { picturesOfStack } = await import('./pictures/pictures-of-stack.ts');
    const pictures = await picturesOfStack({ closers, stop, say: (line) => console.error(line) });
    return pictures === undefined ? 130 : await write(pictures, resolve(options.out));
  } catch (error) {
    return stop.aborted ? 130 : complain(sentenceFor(error), 1);
  } finally {
    await closers.closeAll();
  }
}

async function write(pictures: Picture[], folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  for (const { name, png } of pictures) {
    await writeFile(join(folder, name), png);
    console.log(`${relative(process.cwd(), join(folder, name))}  ${Math.round(png.byteLength / 1_000)} kB`);
  }
  const large = pictures.filter(({ png }) => png.byteLength >= MOST_BYTES).map(({ name }) => name);
  if (large.length === 0) return 0;
  return complain(`Too large for README, which takes less than 200 kB: ${large.join(', ')}.`, 1);
}

function readArguments(args: string[]): { out: string; help: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        out: { type: 'string', default: FOLDER },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
    return values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ')[0] : String(error);
    return `${why}; npm run pictures -- --help shows the options.`;
  }
}

function complain(sentence: string, code: number): number {
  console.error(sentence);
  return code;
}

process.exitCode = await main(process.argv.slice(2));
// A leftover such as an idle connection must not keep the process alive.
process.exit();
