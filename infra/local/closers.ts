type Closer = { close(): Promise<unknown> };

/** What was started and has to be stopped, newest first. */
export type Closers = { add(closer: Closer): void; closeAll(): Promise<void> };

/** Stopping goes on after a failure and happens once, however often it is asked for. */
export function createClosers(): Closers {
  const open: Closer[] = [];
  return {
    add: (closer) => void open.push(closer),
    async closeAll() {
      for (let closer = open.pop(); closer !== undefined; closer = open.pop()) {
        await closer.close().catch(() => undefined);
      }
    },
  };
}
