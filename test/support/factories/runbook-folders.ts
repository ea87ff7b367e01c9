import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The runbooks of this project. */
export const OUR_FOLDER: string = join(import.meta.dirname, '..', '..', '..', 'runbooks');

/** A copy of them, to be changed: `folder`, called runbooks as well, in the temporary folder `root`. */
export type CopiedRunbooks = {
  root: string;
  folder: string;
  /** A file by its name in the folder. */
  write(name: string, text: string): void;
  remove(): void;
};

/** With only those files of alerts/: reading one takes 5 ms and more, each time that the folder is read. */
export function copyRunbooks(alerts: readonly string[]): CopiedRunbooks {
  const root = mkdtempSync(join(tmpdir(), 'runbooks-'));
  const folder = join(root, 'runbooks');
  const kept = new Set(alerts.map((name) => join(OUR_FOLDER, 'alerts', name)));
  cpSync(OUR_FOLDER, folder, {
    recursive: true,
    filter: (path) => dirname(path) !== join(OUR_FOLDER, 'alerts') || kept.has(path),
  });
  return {
    root,
    folder,
    write: (name, text) => writeFileSync(join(folder, name), text),
    remove: () => rmSync(root, { recursive: true }),
  };
}
