/**
 * Hooks of the bundler. A compile of the runbooks and a build of the console precede every bundle, so that packages
 * always hold both in their present state. Every bundle leaves its metafile in .build/meta, where a test reads its
 * contents.
 */
const { execFileSync } = require('node:child_process');
const { mkdirSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

let made = false;

/** The project's own Node, because the Node of the bundler may be too old for TypeScript files. */
function makeModules(folder) {
  if (made) return;
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  for (const script of ['scripts/compile-runbooks.ts', 'scripts/build-console.ts']) {
    execFileSync(node, [script], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  made = true;
}

module.exports = (serverless) => {
  const folder = serverless.config.serviceDir ?? process.cwd();
  return [
    { name: 'make-modules', setup: () => makeModules(folder) },
    {
      name: 'keep-metafile',
      setup(build) {
        build.initialOptions.metafile = true;
        build.onEnd(({ metafile }) => {
          if (metafile === undefined) return;
          const meta = join(folder, '.build', 'meta');
          mkdirSync(meta, { recursive: true });
          const entry = basename(build.initialOptions.entryPoints[0], '.ts');
          writeFileSync(join(meta, `${entry}.json`), JSON.stringify(metafile));
        });
      },
    },
  ];
};
