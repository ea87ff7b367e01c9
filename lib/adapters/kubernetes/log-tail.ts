import { takeHead } from '../../core/shared/clip.ts';
import type { Millis } from '../../core/shared/time.ts';

export type LogLine = { at: Millis; text: string };

/** Result for a whole log: its newest matching lines, oldest of them first, and the numbers of lines and matches. */
export type LogTail = {
  newest: LogLine[];
  matched: number;
  read: number;
  /** Number of lines with the server's timestamp, and the first line without one. */
  stamped: number;
  unstamped?: string;
};

export type LogTailOptions = {
  /** Number of lines to keep. */
  most: number;
  /** Number of bytes of a line to read. */
  longest: number;
  matches(line: string): boolean;
};

const NEW_LINE = 10;
/** The server's prefix of each line when timestamps are requested. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;
const TIMESTAMP_BYTES = 40;
const ESCAPE = '\u001b';
/** Terminal colours. */
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*[A-Za-z]`, 'g');

/**
 * Reads a log to its end. Only a chunk, a line and the kept lines are in memory, whatever the size of the log and the
 * length of its lines.
 */
export async function createLogTail(
  stream: AsyncIterable<Buffer>,
  options: LogTailOptions,
): Promise<LogTail> {
  const tail: LogTail = { newest: [], matched: 0, read: 0, stamped: 0 };
  const begun = Buffer.alloc(options.longest + TIMESTAMP_BYTES);
  let length = 0;

  function take(raw: string): void {
    tail.read += 1;
    const line = toLine(raw, options.longest);
    if (line.at > 0) tail.stamped += 1;
    else tail.unstamped ??= line.text;
    if (!options.matches(line.text)) return;
    tail.matched += 1;
    tail.newest.push(line);
    if (tail.newest.length > options.most) tail.newest.shift();
  }

  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end !== -1; end = chunk.indexOf(NEW_LINE, from)) {
      length += chunk.copy(begun, length, from, end);
      take(begun.toString('utf8', 0, length));
      length = 0;
      from = end + 1;
    }
    length += chunk.copy(begun, length, from);
  }
  if (length > 0) take(begun.toString('utf8', 0, length));
  return tail;
}

function toLine(raw: string, longest: number): LogLine {
  const [prefix, time] = TIMESTAMP.exec(raw) ?? ['', ''];
  const text = takeHead(raw.slice(prefix.length).replace(/\r$/, '').replace(COLOURS, ''), longest);
  return { at: Date.parse(time ?? '') || 0, text };
}
