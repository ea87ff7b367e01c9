/** So many of a list, from its start, as take at most `maxBytes` as JSON; a gap ends it. */
export function firstWithin<T>(list: T[], maxBytes: number): T[] {
  let bytes = 2;
  for (const [at, each] of list.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(each)) + 1;
    if (bytes > maxBytes) return list.slice(0, at);
  }
  return list;
}

/** The same from its end, in the list's order. */
export function lastWithin<T>(list: T[], maxBytes: number): T[] {
  return firstWithin(list.toReversed(), maxBytes).toReversed();
}
