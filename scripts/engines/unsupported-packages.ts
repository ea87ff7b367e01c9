import { satisfies } from 'semver';

/** The used parts of a package.json. Old packages have a list as `engines`, which npm ignores as well. */
export type Manifest = { name?: string; version?: string; engines?: { node?: string } | string[] };

/** The packages that declare no support for a version of Node, as `name@version needs Node range`. */
export function unsupportedPackages(manifests: Manifest[], nodeVersion: string): string[] {
  return manifests.flatMap(({ name, version, engines }) => {
    const range = engines === undefined || Array.isArray(engines) ? undefined : engines.node;
    // A pre-release counts as its release, as for npm.
    if (!range || satisfies(nodeVersion, range, { includePrerelease: true })) return [];
    return [`${name}@${version} needs Node ${range}`];
  });
}
