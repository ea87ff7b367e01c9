import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fetchEmulator } from '../../scripts/dynamodb-local/fetch-emulator.ts';

const cache = mkdtempSync(join(tmpdir(), 'fetch-emulator-'));

afterAll(() => rmSync(cache, { recursive: true, force: true }));

describe('a fetched emulator', () => {
  it('is refused, and nothing of it stays, when it is another package than the one that was looked at', () => {
    function fetchAnother(_spec: string, folder: string): string {
      const archive = join(folder, 'another.tgz');
      writeFileSync(archive, 'another');
      return archive;
    }

    expect(() => fetchEmulator(cache, fetchAnother)).toThrow(/has the integrity sha512-.+, not sha512-/);
    expect(readdirSync(cache)).toEqual([]);
  });
});
