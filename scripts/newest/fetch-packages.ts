import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['prometheus', 'prometheus-alertmanager'];
const SOURCE =
  'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian unstable main\n';

/**
 * Downloads today's packages of Debian's unstable suite and unpacks them below `cache`; nothing is installed, and apt's own
 * sources and lists stay as they are. Returns the folder of their programs. Throws what apt or dpkg say against it.
 */
export function fetchNewest(cache: string): string {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(cache, folder), { recursive: true });
  }
  const sources = join(cache, 'sources.list');
  writeFileSync(sources, SOURCE);
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${join(cache, 'state')}`,
    `Dir::Cache=${join(cache, 'cache')}`,
    'APT::Sandbox::User=root',
  ];
  const apt = ['-q', ...settings.flatMap((setting) => ['-o', setting])];
  const packages = mkdtempSync(join(cache, 'packages-'));
  const root = join(cache, 'root');
  try {
    execFileSync('apt-get', [...apt, 'update'], { stdio: 'pipe' });
    execFileSync('apt-get', [...apt, 'download', ...PACKAGES], { stdio: 'pipe', cwd: packages });
    rmSync(root, { recursive: true, force: true });
    for (const file of readdirSync(packages)) execFileSync('dpkg', ['-x', join(packages, file), root]);
  } finally {
    rmSync(packages, { recursive: true, force: true });
  }
  return join(root, 'usr', 'bin');
}
