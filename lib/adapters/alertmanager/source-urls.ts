/** Base URLs by source: all peers of its HA cluster. */
export type AlertmanagerUrls = { anySource: string[]; bySource: Readonly<Record<string, string[]>> };

/** The peers of one source's Alertmanager. */
export function urlsOf(urls: AlertmanagerUrls, source: string): string[] {
  return Object.hasOwn(urls.bySource, source) ? (urls.bySource[source] ?? []) : urls.anySource;
}
