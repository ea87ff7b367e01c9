import { momentOf } from './moment.ts';

/** A time in the reader's zone; the title has it in UTC. */
export function Time({ at, ms, seconds = false }: { at?: string; ms?: number; seconds?: boolean }) {
  const moment = momentOf(ms ?? Date.parse(at ?? ''), Date.now(), { seconds });
  return (
    <time dateTime={moment.iso} title={moment.utc}>
      {moment.shown}
    </time>
  );
}
