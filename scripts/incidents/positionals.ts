import { UsageError } from '../command-line/usage-error.ts';

/** For commands that take options only. */
export function noMore([first]: string[]): void {
  if (first !== undefined) throw new UsageError(`${JSON.stringify(first)} is one word too many.`);
}

/** The id of an incident, the only argument. */
export function incidentId(positionals: string[], command: string): string {
  const [id, ...more] = positionals;
  if (!id)
    throw new UsageError(`Say which incident: ${command} ID; npm run incidents -- list shows the ids.`);
  noMore(more);
  return id;
}

/** An id as a segment of a path. */
export function pathOf(id: string, below = ''): string {
  // In a URL these two are no names but steps between folders.
  if (id === '.' || id === '..') throw new UsageError(`${JSON.stringify(id)} is no incident's id.`);
  return `/incidents/${encodeURIComponent(id)}${below}`;
}
