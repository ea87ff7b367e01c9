import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions } from 'dependency-cruiser';
import { expect, test } from 'vitest';

type Rule = { name: string; from: { path?: string }; to: object };

const root = join(import.meta.dirname, '..', '..');
const { forbidden, options }: { forbidden: Rule[]; options: ICruiseOptions } = createRequire(import.meta.url)(
  join(root, '.dependency-cruiser.cjs'),
);

/** For each rule a file that breaks it, and what it imports. Rules about rooms are planted from their names. */
const planted: Record<string, [file: string, imported: string]> = {
  'flow-is-rooms-only': ['lib/wiring.ts', './flow/beside.ts'],
  'core-is-pure': ['lib/core/alert/fs.ts', 'node:fs'],
  'zod-in-schema-files-only': ['lib/core/alert/zod.ts', 'zod'],
  'crypto-in-core-shared-only': ['lib/core/alert/crypto.ts', 'node:crypto'],
  'cel-in-its-own-files-only': ['lib/core/diagnosis/cel.ts', '@marcbachmann/cel-js'],
  'patterns-in-one-file-only': ['lib/core/alert/re2.ts', 're2js'],
  'png-in-one-adapter-only': ['lib/adapters/slack/png.ts', 'fast-png'],
  'temporal-in-one-file-only': ['lib/core/shared/temporal.ts', 'temporal-polyfill'],
  'a-channel-knows-core-and-itself-only': ['lib/channels/slack/other.ts', '../email/mail.ts'],
  'a-channel-renders-purely': ['lib/channels/slack/render/fs.ts', 'node:fs'],
  'a-channel-renders-without-its-client': ['lib/channels/slack/render/early.ts', '../client/late.ts'],
  'a-channels-client-alone-knows-its-vendor': ['lib/channels/slack/vendor.ts', 'axios'],
  'fakes-of-channels-are-for-tests': ['lib/channels/registry.ts', './slack/memory-slack.ts'],
  'flow-imports-core-only': ['lib/flow/tick/adapter.ts', '../../adapters/slack/slack.ts'],
  'adapters-know-core-and-their-vendor-only': ['lib/adapters/slack/flow.ts', '../../flow/tick/tick.ts'],
  'marshall-in-one-file-only': ['lib/adapters/dynamodb/table/table.ts', '@aws-sdk/util-dynamodb'],
  'dynamodb-calls-in-the-table-only': ['lib/adapters/dynamodb/delivery/call.ts', '@aws-sdk/client-dynamodb'],
  'config-knows-core-only': ['lib/config/flow.ts', '../flow/tick/tick.ts'],
  'wiring-alone-builds-adapters': ['handlers/adapter.ts', '../lib/adapters/slack/slack.ts'],
  'handlers-are-thin': ['handlers/pg.ts', 'pg'],
  'console-knows-types-of-answers-only': ['console/flow.ts', '../lib/flow/tick/tick.ts'],
  'nobody-imports-handlers': ['lib/config/handler.ts', '../../handlers/tick.ts'],
  'what-is-deployed-uses-no-development-package': ['lib/adapters/slack/dev.ts', 'dynalite'],
  'no-cycles': ['lib/core/alert/circle-back.ts', './circle.ts'],
  'every-import-resolves': ['lib/core/alert/nowhere.ts', './nowhere-at-all.ts'],
};

/** `lib/flow/tick-knows-earlier-rooms-only`: a file of that room that imports from one that comes after all of them. */
function plantedInRoom(rule: string): [file: string, imported: string] {
  const room = rule.replace('-knows-earlier-rooms-only', '').replace(/\/\.$/, '');
  const folder = rule.includes('/.-') ? room : dirname(room);
  return [
    `${room}/late.ts`,
    `${rule.includes('/.-') ? './' : '../'}zz-later/${folder.replaceAll('/', '-')}.ts`,
  ];
}

test('an import against each boundary rule is reported by that rule', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text, { flag: 'a' });
  };
  try {
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json']) symlinkSync(join(root, file), join(tree, file));
    const rules = forbidden.map(({ name }) => name);
    const plants = new Map(rules.map((rule) => [rule, planted[rule] ?? plantedInRoom(rule)]));
    for (const [rule, [file, imported]] of plants) {
      write(file, `import '${imported}';\n`);
      const target = join(dirname(file), imported);
      if (imported.startsWith('.') && rule !== 'every-import-resolves') write(target, 'export {};\n');
    }
    write('lib/core/alert/circle.ts', `import './circle-back.ts';\n`);

    const { output } = await cruise(['lib', 'handlers', 'console'], {
      ...options,
      baseDir: tree,
      validate: true,
      ruleSet: { forbidden },
      doNotFollow: { path: 'node_modules' },
    });

    if (typeof output === 'string') throw new Error(output);
    const reported = new Set(output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
    expect(
      [...plants].map(([rule, [file]]) => `${rule}: ${file}`).filter((each) => !reported.has(each)),
    ).toEqual([]);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
});
