import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');

/** The input of `serverless package`, without anything from an earlier build. */
const sources = [
  'console',
  'handlers',
  'infra',
  'lib',
  'runbooks',
  'scripts',
  'package.json',
  'serverless.yml',
  'tsconfig.json',
];

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const metafileSchema = z.object({
  outputs: z.record(z.string(), z.object({ bytes: z.number(), inputs: z.record(z.string(), z.unknown()) })),
});

export type Resource = z.infer<typeof templateSchema>['Resources'][string];

/** The value at a path of keys; undefined when there is none. */
export function dig(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => Object(inner)[key], value);
}

export type PackagedService = {
  /** By logical id. */
  resources: Record<string, Resource>;
  /** The npm packages and our files in a function's bundle, and its size in bytes. `file` is its name in handlers/. */
  bundle(file: string): Promise<{ packages: string[]; files: string[]; bytes: number }>;
  /** The folder with the packaged code of all functions, for LOCAL_FUNCTIONS_FOLDER. */
  functionsFolder: string;
  /** A file of the folder in which it was packaged. */
  read(path: string): Promise<string>;
  remove(): Promise<void>;
};

/** Runs `serverless package` on a copy of the sources, like after a fresh clone: without account, network or build. */
export async function packageService(): Promise<PackagedService> {
  const temporary = await mkdtemp(join(tmpdir(), 'first-responder-package-'));
  const folder = join(temporary, 'service');
  await Promise.all(sources.map((path) => cp(join(root, path), join(folder, path), { recursive: true })));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const serverless = join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const { PATH = '', HOME = '' } = process.env;
  // The packager leaves a folder for each function in TMPDIR.
  const env = { PATH, HOME, TMPDIR: temporary };
  await promisify(execFile)(process.execPath, [serverless, 'package'], { cwd: folder, env });

  const read = (path: string) => readFile(join(folder, path), 'utf8');
  const template = await read('.serverless/cloudformation-template-update-stack.json');
  return {
    resources: templateSchema.parse(JSON.parse(template)).Resources,
    functionsFolder: join(folder, '.esbuild', '.build'),
    read,
    async bundle(file) {
      const { outputs } = metafileSchema.parse(JSON.parse(await read(`.build/meta/${file}.json`)));
      const output = Object.entries(outputs).find(([name]) => name.endsWith('.mjs'))?.[1];
      const paths = Object.keys(output?.inputs ?? {});
      const packages = paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
      const files = paths.filter((path) => !path.includes('node_modules/'));
      return { packages: [...new Set(packages)].toSorted(), files, bytes: output?.bytes ?? 0 };
    },
    remove: () => rm(temporary, { recursive: true, force: true }),
  };
}
