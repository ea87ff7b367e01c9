import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const readSchema = z.object({
  answer: z.looseObject({ kind: z.string() }),
  peakBytes: z.number(),
  grownBytes: z.number(),
});

/** Runs a script of test/support that reads one URL, alone in a process, without the memory of other tests. */
export async function readInOwnProcess(script: URL, url: string): Promise<z.infer<typeof readSchema>> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(script), url]);
  return readSchema.parse(JSON.parse(stdout));
}
