import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isLocalTime } from '../../../lib/core/shared/local-time.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { UsageError } from '../../command-line/usage-error.ts';

/** The runbooks of this project. */
const OURS = join(import.meta.dirname, '..', '..', '..', 'runbooks');

/** The folder of the runbooks, and its name for people: ours, unless another one is given. */
export function runbooksFolder(given: string | undefined): { folder: string; shownAs: string } {
  const folder = given ?? OURS;
  if (!existsSync(folder)) throw new UsageError(`There is no folder ${folder}.`);
  return { folder, shownAs: given ?? 'runbooks' };
}

/** A moment with its offset, as `2026-12-24T20:00Z` or `2026-12-24 22:00+02:00`. */
export function readMoment(text: string): Millis {
  const written = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)$/.exec(text.trim());
  const [, date = '', time = '', offset = ''] = written ?? [];
  const at = isLocalTime(`${date}T${time.slice(0, 5)}`) ? Date.parse(`${date}T${time}${offset}`) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(`--at takes a time like 2026-12-24T20:00Z, which ${JSON.stringify(text)} is not.`);
  }
  return at;
}
