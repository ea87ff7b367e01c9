import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stripEngines } from '../../scripts/engines/strip-engines.ts';
import { unsupportedPackages } from '../../scripts/engines/unsupported-packages.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the lockfile', () => {
  it('keeps engines of the project and of what npm runs itself, and of nothing else', () => {
    const project = { name: 'first-responder', engines: { node: '>=20' } };
    const installer = { version: '1.0.0', hasInstallScript: true, engines: { node: '>=18' } };
    const plain = { version: '2.0.0', dev: true, license: 'MIT' };

    const { lockfile, stripped } = stripEngines({
      name: 'first-responder',
      packages: {
        '': project,
        'node_modules/installer': installer,
        'node_modules/new': { ...plain, engines: { node: '>=22' } },
        'node_modules/a/node_modules/@scope/old': { ...plain, engines: ['node >= 0.6'] },
        'node_modules/without': plain,
      },
    });

    expect(stripped).toEqual(['node_modules/new', 'node_modules/a/node_modules/@scope/old']);
    expect(lockfile).toEqual({
      name: 'first-responder',
      packages: {
        '': project,
        'node_modules/installer': installer,
        'node_modules/new': plain,
        'node_modules/a/node_modules/@scope/old': plain,
        'node_modules/without': plain,
      },
    });
  });

  it('of this project tells nobody with another Node that a package does not support it', () => {
    expect(stripEngines(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).stripped).toEqual(
      [],
    );
  });
});

describe('packages that do not support the Node that runs them', () => {
  it('are named with the Node that they need', () => {
    const manifests = [
      { name: 'later', version: '3.1.0', engines: { node: '>=26' } },
      { name: 'only-even', version: '1.0.0', engines: { node: '^22 || ^24' } },
      { name: 'no-24', version: '2.0.0', engines: { node: '>=20 <24' } },
    ];

    expect(unsupportedPackages(manifests, 'v24.21.0')).toEqual([
      'later@3.1.0 needs Node >=26',
      'no-24@2.0.0 needs Node >=20 <24',
    ]);
  });

  it('are none of those that say nothing, or nothing that npm reads', () => {
    const manifests = [
      { name: 'silent', version: '1.0.0' },
      { name: 'npm-only', version: '1.0.0', engines: { npm: '>=99' } },
      { name: 'ancient', version: '0.0.1', engines: ['node >= 99'] },
      { name: 'any', version: '1.0.0', engines: { node: '*' } },
    ];

    expect(unsupportedPackages(manifests, 'v24.21.0')).toEqual([]);
  });

  it('are not counted because a Node is a pre-release', () => {
    const manifests = [{ name: 'plain', version: '1.0.0', engines: { node: '>=24' } }];

    expect(unsupportedPackages(manifests, 'v25.0.0-rc.1')).toEqual([]);
  });
});
