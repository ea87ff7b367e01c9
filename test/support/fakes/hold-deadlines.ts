import { onTestFinished, vi } from 'vitest';

export type HeldDeadlines = {
  /** Milliseconds of each deadline so far, in the order in which they were set. */
  readonly set: number[];
  /** Lets one of them pass, by its place in that order. Throws when it was not set. */
  pass(index: number): void;
};

/**
 * Until the test ends, no deadline of `AbortSignal.timeout` passes by itself: a test lets it pass at an event of its
 * choice. Vitest's fake timers do not reach these deadlines.
 */
export function holdDeadlines(): HeldDeadlines {
  const held: AbortController[] = [];
  const set: number[] = [];
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const deadline = new AbortController();
    held.push(deadline);
    set.push(ms);
    return deadline.signal;
  });
  onTestFinished(() => {
    timeout.mockRestore();
  });
  return {
    set,
    pass(index) {
      const deadline = held[index];
      if (deadline === undefined) throw new Error(`only ${held.length} deadlines are set`);
      deadline.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
    },
  };
}
