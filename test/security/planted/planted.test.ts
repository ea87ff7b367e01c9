import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plantedFaults } from './faults.ts';

// Each fault, planted into the code by itself: the test that is there for it must fail, as a stranger would see it.

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'planted-'));
afterAll(() => rmSync(folder, { recursive: true }));

const reportSchema = z.object({
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) }),
  ),
});

/** In CI those that need no server or browser of their own; all of them with `--full`. */
const SLOW = new Set([
  'mail-unescaped',
  'csv-formulas',
  'promql-unescaped',
  'url-unencoded',
  'empty-token',
  'cursor-throws',
]);
const chosen = Object.entries(plantedFaults).filter(
  ([name]) => process.env['SECURITY_FULL'] !== undefined || !SLOW.has(name),
);

/** The names of the tests that failed. */
function failedWith(name: string, file: string, test: string): Promise<string[]> {
  const output = join(folder, `${name}.json`);
  const pattern = test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const args = ['run', '--config', 'test/security/vitest.config.ts', `test/security/${file}`];
  const reporting = ['--testNamePattern', pattern, '--reporter=json', `--outputFile=${output}`];
  return new Promise((resolve) => {
    execFile(
      join(root, 'node_modules', '.bin', 'vitest'),
      [...args, ...reporting],
      {
        cwd: root,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PLANTED_FAULT: name },
        maxBuffer: 64 << 20,
      },
      () => {
        const { testResults } = reportSchema.parse(JSON.parse(readFileSync(output, 'utf8')));
        const results = testResults.flatMap(({ assertionResults }) => assertionResults);
        resolve(results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
      },
    );
  });
}

describe.skipIf(process.env['PLANTED_FAULT'])('a planted fault', () => {
  it.each(chosen)('%s is found', async (name, { found }) => {
    const failed = await failedWith(name, found.file, found.test);

    expect(failed.join('\n')).toContain(found.test.trim());
  });

  it('is planted in five places at least', () => {
    expect(chosen.length).toBeGreaterThanOrEqual(5);
  });
});
