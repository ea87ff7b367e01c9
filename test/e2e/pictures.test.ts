import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictures-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run pictures', () => {
  it('draws a notice and the console from a stack of its own, small enough for README', async () => {
    const { code, printed, complained } = await pictures(['--out', folder]);

    expect(complained).toMatch(/Starting .*\nPlaying .*\nFilling .*\nLooking /);
    expect(code, complained).toBe(0);
    expect(printed).toMatch(/slack-notice\.png {2}\d+ kB\n.*console\.png {2}\d+ kB/);
    expect((await readdir(folder)).toSorted()).toEqual(['console.png', 'slack-notice.png']);
    for (const name of await readdir(folder)) {
      const png = await readFile(join(folder, name));
      expect(png.byteLength, name).toBeLessThan(200_000);
      // An empty page would have few colours.
      expect(decode(png).palette?.length, name).toBeGreaterThan(100);
    }
  }, 300_000);

  it('reports a missing Chromium in one sentence, before it starts anything', async () => {
    const { code, printed, complained } = await pictures(['--out', folder], { PATH: '/nowhere' });

    expect(complained).toBe(
      'Chromium could not be started (there is no Chromium; apt-get install chromium brings it); the pictures stay as they are.\n',
    );
    expect([code, printed]).toEqual([1, '']);
  });

  it('names an unknown option', async () => {
    const { code, complained } = await pictures(['--width', '9']);

    expect(complained).toBe("Unknown option '--width'; npm run pictures -- --help shows the options.\n");
    expect(code).toBe(2);
  });
});

function pictures(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const launch = ['infra/local/stack/launch.cjs', '../../../scripts/pictures.ts', ...args];
  const child = spawn(process.execPath, launch, { cwd: root, env: { ...process.env, ...environment } });
  let printed = '';
  let complained = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  return new Promise<{ code: number | null; printed: string; complained: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed, complained }));
  });
}
