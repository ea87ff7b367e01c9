/** Names the parts that are not up yet, from time to time, so that a slow start does not look stuck. */
export type Progress = { up(part: string): void; close(): Promise<void> };

export type ProgressOptions = {
  parts: readonly string[];
  say(text: string): void;
  everySeconds?: number;
};

/** Ends by itself when all parts are up. */
export function startProgress({ parts, say, everySeconds = 10 }: ProgressOptions): Progress {
  const waiting = new Set(parts);
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += everySeconds;
    say(`  … ${seconds} s, still waiting for ${[...waiting].join(', ')}`);
  }, everySeconds * 1_000);
  return {
    up(part) {
      waiting.delete(part);
      if (waiting.size === 0) clearInterval(timer);
    },
    async close() {
      clearInterval(timer);
    },
  };
}
