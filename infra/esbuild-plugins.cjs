/**
 * Hooks of the bundler. Every bundle is preceded by a compile of the runbooks, so that what is packaged always
 * holds the YAML as it is now; and every bundle leaves its metafile in .build/meta, where a test reads what
 * went into it.
 */
const { execFileSync } = require('node:child_process');
const { mkdirSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

let compiled = false;

/** The project's own Node, because the one that runs the bundler may be too old for TypeScript files. */
function compileRunbooks(folder) {
  if (compiled) return;
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  execFileSync(node, ['scripts/compile-runbooks.ts'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  compiled = true;
}

module.exports = (serverless) => {
  const folder = serverless.config.serviceDir ?? process.cwd();
  return [
    { name: 'compile-runbooks', setup: () => compileRunbooks(folder) },
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
