import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The runbooks of this project. */
export const OUR_FOLDER: string = join(import.meta.dirname, '..', '..', 'runbooks');

/** A copy of them, to be changed: `folder`, called runbooks as well, in the temporary folder `root`. */
export type CopiedRunbooks = {
  root: string;
  folder: string;
  /** A file by its name in the folder. */
  write(name: string, text: string): void;
  remove(): void;
};

export function copyRunbooks(): CopiedRunbooks {
  const root = mkdtempSync(join(tmpdir(), 'runbooks-'));
  const folder = join(root, 'runbooks');
  cpSync(OUR_FOLDER, folder, { recursive: true });
  return {
    root,
    folder,
    write: (name, text) => writeFileSync(join(folder, name), text),
    remove: () => rmSync(root, { recursive: true }),
  };
}
