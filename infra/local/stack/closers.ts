import { setTimeout as pause } from 'node:timers/promises';

type Closer = { close(): Promise<unknown> };

/** The started parts, to be stopped newest first. */
export type Closers = {
  add(closer: Closer): void;
  /** Registers a part while it still starts; it is closed once it has come up. */
  addStarting(starting: Promise<Closer>): void;
  closeAll(): Promise<void>;
};

/** How long stopping waits for a part that still starts; the rest ends with this process. */
const START_ENDS_WITHIN = 1_500;

/** Stopping goes on after a failure and happens once, however often it is requested. Later parts are closed at once. */
export function createClosers(): Closers {
  const open: Closer[] = [];
  let closing = false;

  function add(closer: Closer): void {
    if (closing) void closer.close().catch(() => undefined);
    else open.push(closer);
  }

  return {
    add,
    addStarting(starting) {
      const close = starting.then(
        (closer) => () => closer.close(),
        () => async () => undefined,
      );
      add({
        close: async () => {
          const late = async () => undefined;
          const end = await Promise.race([close, pause(START_ENDS_WITHIN, late, { ref: false })]);
          await end();
        },
      });
    },
    async closeAll() {
      closing = true;
      for (let closer = open.pop(); closer !== undefined; closer = open.pop()) {
        await closer.close().catch(() => undefined);
      }
    },
  };
}
