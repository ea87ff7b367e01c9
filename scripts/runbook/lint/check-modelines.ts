import { basename, dirname, posix } from 'node:path';
import type { ReadYaml } from '../check/read-yaml.ts';
import { SCHEMA_FOLDER, schemaFor } from '../schema/json-schemas.ts';

const MODELINE = /^#\s*yaml-language-server:\s*\$schema=(\S+)\s*$/m;

/** Every file names its schema, by which editors check and explain it. https://github.com/redhat-developer/yaml-language-server#using-inlined-schema */
export function checkModelines(files: ReadYaml<unknown>[]): void {
  for (const { name, source, report } of files) {
    const named = MODELINE.exec(source)?.[1];
    const wanted = posix.relative(dirname(name), posix.join(SCHEMA_FOLDER, schemaFor(name)));
    if (named === wanted) continue;
    const line = `# yaml-language-server: $schema=${wanted}`;
    report(
      'modeline',
      [],
      named === undefined
        ? `editors need the line ${line} at the top of ${basename(name)}`
        : `the schema of this file is ${wanted}, not ${named}`,
    );
  }
}
