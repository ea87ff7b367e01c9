/**
 * Bundles all functions for the local stack in one pass, with shared code in files of its own: a second instead of the
 * many that one bundle a function takes. Everything else is as in the bundles for AWS, except for options that only
 * make those smaller. A separate program, so that its memory is given back:
 * `node infra/local/aws/bundle-functions.ts FOLDER`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');

const optionsSchema = z.object({
  custom: z.object({
    esbuild: z.object({
      bundle: z.literal(true),
      format: z.literal('esm'),
      outputFileExtension: z.string(),
      target: z.string(),
      platform: z.literal('node'),
      mainFields: z.array(z.string()),
      exclude: z.array(z.string()),
      banner: z.record(z.string(), z.string()),
    }),
  }),
});

async function bundleFunctions(folder: string): Promise<void> {
  const service: unknown = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  const { outputFileExtension, exclude, ...options } = optionsSchema.parse(service).custom.esbuild;
  const handlers = readdirSync(join(root, 'handlers')).filter((name) => name.endsWith('.ts'));
  await build({
    ...options,
    absWorkingDir: root,
    entryPoints: handlers.map((name) => join('handlers', name)),
    external: exclude,
    outbase: '.',
    outdir: folder,
    outExtension: { '.js': outputFileExtension },
    splitting: true,
    logLevel: 'error',
  });
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node infra/local/aws/bundle-functions.ts FOLDER');
await bundleFunctions(folder);
