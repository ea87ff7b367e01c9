import type { ExportFormat } from './answers.ts';

/** The address of a `Link: <…>; rel="next"`, if it leads to the same export. */
export function nextOf(link: string | null, format: ExportFormat): string | undefined {
  const address = /^<([^>]*)>;\s*rel="next"$/.exec(link ?? '')?.[1];
  return address?.startsWith(`incidents.${format}?`) ? address : undefined;
}
