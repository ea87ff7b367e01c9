import { dirname, join } from 'node:path';
import type { Runbook, RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import { RunbookMistakes } from './runbook/check/mistake.ts';
import { readCatalog } from './runbook/check/read-catalog.ts';
import { jsonSchemas, SCHEMA_FOLDER } from './runbook/schema/json-schemas.ts';
import { writeChanged } from './write-changed.ts';

/** Reads, checks and joins all files under a runbooks folder. Throws RunbookMistakes with every mistake. */
export function compileRunbooks(folder: string): RunbookCatalog {
  const { catalog, mistakes } = readCatalog(folder);
  if (mistakes.length > 0 || !catalog) throw new RunbookMistakes(mistakes);
  return catalog;
}

/**
 * The compiled catalog as the text of a module: whole for diagnoses, and two smaller ones for the function that renders
 * notices and for all others. The steps are most of it, and a bundle is read at every start.
 */
export function catalogModule(catalog: RunbookCatalog): string {
  return [
    '// Made by scripts/compile-runbooks.ts from runbooks/. Do not edit, do not commit.',
    "import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';",
    '',
    `export const runbookCatalog: RunbookCatalog = ${JSON.stringify(catalog, null, 2)};`,
    '',
    '/** For who filters by them and needs nothing else. */',
    `export const categories: readonly string[] = ${JSON.stringify(catalog.categories)};`,
    '',
    '/** Without what only a diagnosis needs: for who renders notices. */',
    `export const noticeCatalog: RunbookCatalog = ${JSON.stringify(forNotices(catalog), null, 2)};`,
    '',
    '/** Without what only a diagnosis or a rendered notice needs: for all others. */',
    `export const incidentCatalog: RunbookCatalog = ${JSON.stringify(forIncidents(catalog), null, 2)};`,
    '',
  ].join('\n');
}

/** The catalog without what only a diagnosis or a notice needs. */
export function forIncidents(catalog: RunbookCatalog): RunbookCatalog {
  return eachRunbook(forNotices(catalog), (runbook) => ({
    ...runbook,
    stepScopes: {},
    commands: [],
    response: [],
  }));
}

/** The catalog without what only a diagnosis needs. */
export function forNotices(catalog: RunbookCatalog): RunbookCatalog {
  return eachRunbook(catalog, (runbook) => ({ ...runbook, diagnostics: [], verification: [] }));
}

function eachRunbook(catalog: RunbookCatalog, change: (runbook: Runbook) => Runbook): RunbookCatalog {
  const runbooks = Object.entries(catalog.runbooks).map(
    ([name, runbook]) => [name, change(runbook)] as const,
  );
  const { runbook: missing, ...heartbeat } = catalog.heartbeat;
  const { payloadTooLarge } = catalog;
  return {
    ...catalog,
    runbooks: Object.fromEntries(runbooks),
    defaultRunbook: change(catalog.defaultRunbook),
    heartbeat: { ...heartbeat, runbook: missing && change(missing) },
    payloadTooLarge: payloadTooLarge && change(payloadTooLarge),
  };
}

const HELP = `Usage: npm run build:runbooks [-- [--schema] [FOLDER]]

Checks runbooks/ and writes .build/runbook-catalog.ts, which is bundled into the functions.

  --schema   also write FOLDER/schema/*.json, by which editors check and explain the YAML
  --help     show this`;

function main(args: string[]): void {
  if (args.includes('--help')) return console.log(HELP);
  const root = dirname(import.meta.dirname);
  const folder = args.find((arg) => !arg.startsWith('--')) ?? join(root, 'runbooks');
  try {
    if (args.includes('--schema')) writeSchemas(join(folder, SCHEMA_FOLDER));
    const catalog = compileRunbooks(folder);
    writeChanged(join(root, '.build', 'runbook-catalog.ts'), catalogModule(catalog));
    console.log(`${Object.keys(catalog.runbooks).length} runbooks compiled, revision ${catalog.revision}`);
  } catch (error) {
    if (!(error instanceof RunbookMistakes)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

function writeSchemas(folder: string): void {
  for (const [name, text] of Object.entries(jsonSchemas())) writeChanged(join(folder, name), text);
}

if (import.meta.main) main(process.argv.slice(2));
