import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The npm package that carries Amazon's DynamoDB Local, in its folder `emulator`. It is no dependency, because it would
 * bring Amplify's whole command line; so its integrity stands here instead of in package-lock.json.
 */
const PACKAGE = {
  name: 'amplify-dynamodb-simulator',
  version: '2.9.30',
  integrity:
    'sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==',
};

/**
 * Returns the folder with DynamoDBLocal.jar, below `cache`. The first time the package is fetched; afterwards nothing is.
 * Throws when npm cannot fetch it, and when what came has another integrity: then nothing of it stays.
 */
export function fetchEmulator(cache: string, fetchPackage: typeof packWithNpm = packWithNpm): string {
  const folder = join(cache, PACKAGE.version);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetch-'));
  try {
    const archive = fetchPackage(`${PACKAGE.name}@${PACKAGE.version}`, fresh);
    assertIntegrity(archive);
    execFileSync('tar', ['-xzf', archive, '-C', fresh, 'package/emulator']);
    // In one step, so that a run which was interrupted leaves no half of it behind.
    if (!existsSync(folder)) renameSync(join(fresh, 'package', 'emulator'), folder);
    return folder;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** `npm pack`, which runs no script of the package. Returns the archive's path. */
function packWithNpm(spec: string, folder: string): string {
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', spec], { cwd: folder, stdio: 'pipe' });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${spec} left no archive`);
  return join(folder, archive);
}

function assertIntegrity(archive: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== PACKAGE.integrity) {
    throw new Error(
      `${PACKAGE.name} ${PACKAGE.version} has the integrity ${found}, not ${PACKAGE.integrity}`,
    );
  }
}
