import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { categories } from '../.build/runbook-catalog.ts';
import type { ConsoleFiles } from '../lib/flow/history/serve-console.ts';
import { writeChanged } from './write-changed.ts';

const root = dirname(import.meta.dirname);

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Bundles console/ for browsers and compresses it. The names of assets hold a digest of their content. */
export async function buildConsole(): Promise<ConsoleFiles> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { console: 'console/main.tsx', style: 'console/styles/console.css' },
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox124', 'safari17.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { CATEGORIES: JSON.stringify(categories) },
    legalComments: 'none',
    write: false,
  });
  const assets = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const template = readFileSync(join(root, 'console', 'index.html'), 'utf8');
  const page = template
    .replace('{{script}}', onlyOne(assets, '.js'))
    .replace('{{style}}', onlyOne(assets, '.css'))
    .replaceAll(/\n\s*/g, '\n');
  return {
    page,
    revision: createHash('sha256').update(page).digest('hex').slice(0, 16),
    assets: Object.fromEntries(
      Object.entries(assets).map(([name, contents]) => [
        name,
        {
          contentType: contentTypes[extname(name)] ?? 'application/octet-stream',
          gzip: gzipSync(contents, { level: 9 }).toString('base64'),
        },
      ]),
    ),
  };
}

/** The console as the text of a module. */
function consoleModule(files: ConsoleFiles): string {
  return [
    '// Made by scripts/build-console.ts from console/. Do not edit, do not commit.',
    "import type { ConsoleFiles } from '../lib/flow/history/serve-console.ts';",
    '',
    `export const consoleFiles: ConsoleFiles = ${JSON.stringify(files, null, 2)};`,
    '',
  ].join('\n');
}

function onlyOne(assets: Record<string, unknown>, extension: string): string {
  const [name, ...more] = Object.keys(assets).filter((each) => extname(each) === extension);
  if (name === undefined || more.length > 0) throw new Error(`the console has not one ${extension} file`);
  return name;
}

/** The compressed size of everything that a browser loads, in bytes. */
export function weightOf({ page, assets }: ConsoleFiles): number {
  const compressed = Object.values(assets).map(({ gzip }) => Buffer.byteLength(gzip, 'base64'));
  return compressed.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(page));
}

async function main(): Promise<void> {
  const files = await buildConsole();
  writeChanged(join(root, '.build', 'console-files.ts'), consoleModule(files));
  console.log(`console built, ${(weightOf(files) / 1000).toFixed(1)} kB compressed`);
}

if (import.meta.main) await main();
