import { satisfies } from 'semver';

/** A package.json as far as it matters here. Old packages have a list as `engines`, which npm ignores as well. */
export type Manifest = { name?: string; version?: string; engines?: { node?: string } | string[] };

/** Which packages do not support a version of Node, by their own word, as `name@version needs Node range`. */
export function unsupportedPackages(manifests: Manifest[], nodeVersion: string): string[] {
  return manifests.flatMap(({ name, version, engines }) => {
    const range = engines === undefined || Array.isArray(engines) ? undefined : engines.node;
    // A pre-release counts as its release, as for npm.
    if (!range || satisfies(nodeVersion, range, { includePrerelease: true })) return [];
    return [`${name}@${version} needs Node ${range}`];
  });
}
