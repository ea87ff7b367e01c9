/**
 * Proves that the boundary checker works: plants one violation of every rule of .dependency-cruiser.cjs in a
 * tree of its own and fails unless each is reported, and unless a tree without violations passes.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Tree = Record<string, string>;

const root = join(import.meta.dirname, '..');
const CONFIG = '.dependency-cruiser.cjs';

const lawful: Tree = {
  'lib/core/shared/time.ts': `import 'node:crypto';\nexport const time = 1;`,
  'lib/core/alert/schema.ts': `import 'zod';\nimport '../shared/time.ts';\nexport const alert = 1;`,
  'lib/core/history/history.ts': `import '../alert/schema.ts';\nexport const history = 1;`,
  'lib/flow/flow.ts': `import '../core/history/history.ts';\nexport const flow = 1;`,
  'lib/adapters/one/one.ts': `import 'pg';\nimport '../../core/alert/schema.ts';\nexport const one = 1;`,
  'lib/adapters/two/two.ts': 'export const two = 2;',
  'lib/config/config.ts': `import 'zod/mini';\nexport const config = 1;`,
  'lib/wiring.ts': `import './adapters/one/one.ts';\nimport './adapters/two/two.ts';\nexport const wiring = 1;`,
  'console/main.ts': `import type { flow } from '../lib/flow/flow.ts';`,
  'handlers/handler.ts': `import '@middy/core';\nimport '../lib/wiring.ts';\nimport '../lib/flow/flow.ts';`,
};

/** For each rule the tree's files that break it; stage rules are planted below. */
const planted: Record<string, Tree> = {
  'core-is-pure': { 'lib/core/alert/planted.ts': `import 'node:fs';` },
  'zod-in-schema-files-only': { 'lib/core/alert/planted.ts': `import 'zod';` },
  'crypto-in-core-shared-only': { 'lib/core/alert/planted.ts': `import 'node:crypto';` },
  'cel-in-one-file-only': { 'lib/core/diagnosis/planted.ts': `import '@marcbachmann/cel-js';` },
  'png-in-one-adapter-only': { 'lib/adapters/one/planted.ts': `import 'fast-png';` },
  'temporal-in-one-file-only': { 'lib/core/shared/planted.ts': `import 'temporal-polyfill';` },
  'flow-imports-core-only': { 'lib/flow/planted.ts': `import '../adapters/one/one.ts';` },
  'adapters-know-core-and-their-vendor-only': { 'lib/adapters/one/planted.ts': `import '../two/two.ts';` },
  'marshall-in-one-file-only': { 'lib/adapters/one/planted.ts': `import '@aws-sdk/util-dynamodb';` },
  'config-knows-core-only': { 'lib/config/planted.ts': `import '../flow/flow.ts';` },
  'wiring-alone-builds-adapters': { 'lib/flow/planted.ts': `import '../adapters/two/two.ts';` },
  'handlers-are-thin': { 'handlers/planted.ts': `import 'pg';` },
  'console-knows-types-of-answers-only': { 'console/planted.ts': `import '../lib/flow/flow.ts';` },
  'nobody-imports-handlers': { 'lib/flow/planted.ts': `import '../../handlers/handler.ts';` },
  'what-is-deployed-uses-no-development-package': { 'lib/adapters/one/planted.ts': `import 'dynalite';` },
  'no-cycles': {
    'lib/flow/planted.ts': `import './planted-too.ts';`,
    'lib/flow/planted-too.ts': `import './planted.ts';`,
  },
  'every-import-resolves': { 'lib/flow/planted.ts': `import './nowhere.ts';` },
};

const stages = [
  'shared',
  'alert',
  'incident',
  'runbook',
  'heartbeat',
  'diagnosis',
  'notice',
  'routing',
  'maintenance',
  'delivery',
];
for (const stage of stages) {
  planted[`core-${stage}-knows-earlier-stages-only`] = {
    [`lib/core/${stage}/planted.ts`]: `import type { x } from '../history/history.ts';`,
  };
}
planted['core-history-knows-earlier-stages-only'] = {
  'lib/core/history/planted.ts': `import type { x } from '../statistics/statistics.ts';`,
  'lib/core/statistics/statistics.ts': 'export type x = 1;',
};
planted['core-statistics-knows-earlier-stages-only'] = {
  'lib/core/statistics/planted.ts': `import '../beyond/beyond.ts';`,
  'lib/core/beyond/beyond.ts': 'export const beyond = 1;',
};

async function main(): Promise<void> {
  const rules = namesOfRules();
  const unproven = rules.filter((rule) => !Object.hasOwn(planted, rule));
  if (unproven.length > 0) throw new Error(`no planted violation for: ${unproven.join(', ')}`);

  const clean = await reportedIn(lawful);
  if (clean.size > 0) throw new Error(`a tree without violations is reported: ${[...clean].join(', ')}`);

  // Violations share file names, so rules are planted in as many trees as needed, two at a time.
  const missed: string[] = [];
  for (let at = 0; at < rules.length; at += 2) {
    const pair = rules.slice(at, at + 2);
    const reports = await Promise.all(pair.map((rule) => reportedIn({ ...lawful, ...planted[rule] })));
    missed.push(...pair.filter((rule, i) => !reports[i]?.has(rule)));
  }
  if (missed.length > 0) throw new Error(`planted, but not reported: ${missed.join(', ')}`);
  console.log(`✔ every one of ${rules.length} planted boundary violations was reported`);
}

function namesOfRules(): string[] {
  const config: { forbidden: { name: string }[] } = createRequire(import.meta.url)(join(root, CONFIG));
  return config.forbidden.map((rule) => rule.name);
}

/** Names of the rules that the checker reports for a tree. */
async function reportedIn(tree: Tree): Promise<Set<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'boundaries-'));
  try {
    for (const file of [CONFIG, 'tsconfig.json', 'package.json'])
      await cp(join(root, file), join(folder, file));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of Object.entries(tree)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const report: { summary: { violations: { rule: { name: string } }[] } } = JSON.parse(
      await cruise(folder),
    );
    return new Set(report.summary.violations.map((violation) => violation.rule.name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cruise(folder: string): Promise<string> {
  const checker = join(root, 'node_modules/.bin/depcruise');
  const args = ['--config', CONFIG, '--output-type', 'json', 'lib', 'handlers', 'console'];
  return new Promise((resolve, reject) => {
    execFile(checker, args, { cwd: folder, maxBuffer: 64 << 20 }, (error, stdout) => {
      // Violations make the exit code non-zero; the report is on stdout all the same.
      if (stdout === '' && error) reject(error);
      else resolve(stdout);
    });
  });
}

await main().catch((error: unknown) => {
  console.error(`✘ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
