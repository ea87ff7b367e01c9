import type { Item } from '../table/table.ts';
import type { Page } from '../table/verbs.ts';

/** Reads one page of a partition, newest first. */
export type ReadChunk = (chunk: {
  partition: number;
  start: Item | undefined;
  limit: number;
}) => Promise<Page>;

export type MergedPage = {
  items: Item[];
  /** Everything at or after this openedKey is in this page or does not pass; absent at the end. */
  next?: string;
};

/** A Query costs at least 4 KB, which is some six entries. */
const FEWEST = 6;
/** Spreads the work evenly over the partitions when few entries pass. */
const MOST = 125;

/** How far one partition has been read. */
type Stream = {
  partition: number;
  waiting: Item[];
  start?: Item | undefined;
  /** The oldest openedKey read; undefined: all of it. */
  frontier?: string | undefined;
};

/**
 * A page over several partitions with the same sort key, newest first. Each is read in small chunks. Only the
 * partition whose oldest read entry is newest is read on, because any older entry elsewhere is not certain to be next.
 * The page ends when it is full and another entry is known to follow, or after `examine` entries.
 */
export async function mergeShards(
  partitions: readonly number[],
  page: { limit: number; examine: number },
  read: ReadChunk,
): Promise<MergedPage> {
  const items: Item[] = [];
  let examined = 0;
  let passed = 0;

  async function readOn(stream: Stream, limit: number): Promise<void> {
    const chunk = await read({ partition: stream.partition, start: stream.start, limit });
    examined += chunk.examined;
    passed += chunk.items.length;
    stream.waiting.push(...chunk.items);
    stream.start = chunk.last;
    stream.frontier = chunk.last && keyOf(chunk.last);
  }

  // Half as much again as an even share, so that one round usually fills a page without filters.
  const share = Math.ceil((1.5 * (page.limit + 1)) / partitions.length);
  const first = Math.min(Math.max(FEWEST, share), Math.floor(page.examine / partitions.length));
  const streams: Stream[] = partitions.map((partition) => ({ partition, waiting: [] }));
  await Promise.all(streams.map((stream) => readOn(stream, first)));

  for (;;) {
    const unread = newest(streams, ({ frontier }) => frontier);
    const head = newest(streams, ({ waiting }) => waiting[0] && keyOf(waiting[0]));
    if (head && (unread === undefined || head.key >= unread.key)) {
      const last = items.at(-1);
      if (last && items.length >= page.limit) return { items, next: keyOf(last) };
      items.push(...head.stream.waiting.splice(0, 1));
      continue;
    }
    if (unread === undefined) return { items };
    if (examined >= page.examine) return { items, next: unread.key };

    const left = streams.filter(({ frontier }) => frontier !== undefined).length;
    const missing = (page.limit + 1 - items.length) / left;
    const likely = Math.ceil((Math.max(FEWEST, missing) * (examined + 1)) / (passed + 1));
    const limit = Math.min(likely, MOST, page.examine - examined);
    await readOn(unread.stream, limit);
  }
}

function newest(
  streams: Stream[],
  keyIn: (stream: Stream) => string | undefined,
): { stream: Stream; key: string } | undefined {
  let found: { stream: Stream; key: string } | undefined;
  for (const stream of streams) {
    const key = keyIn(stream);
    if (key !== undefined && (found === undefined || key > found.key)) found = { stream, key };
  }
  return found;
}

function keyOf(item: Item): string {
  return item.openedKey?.S ?? '';
}
