/** The used parts of package-lock.json; the keys are paths like `node_modules/a`, and empty for the project. */
export type Lockfile = {
  packages: Record<string, { version?: string; engines?: unknown; hasInstallScript?: boolean }>;
};

/**
 * The lockfile without `engines`, and the paths that had them. npm compares these with the Node that it runs on itself,
 * but the packages are run by the Node that comes with them. The project's own stay. So do those of packages with an
 * install script, which npm does run with the Node it finds.
 */
export function stripEngines<T extends Lockfile>(lockfile: T): { lockfile: T; stripped: string[] } {
  const stripped: string[] = [];
  const packages = Object.entries(lockfile.packages).map(([path, locked]) => {
    const { engines, ...rest } = locked;
    if (path === '' || locked.hasInstallScript || engines === undefined) return [path, locked] as const;
    stripped.push(path);
    return [path, rest] as const;
  });
  return { lockfile: { ...lockfile, packages: Object.fromEntries(packages) }, stripped };
}
