import type { Readable } from 'node:stream';
import { describeText, isWebPage } from '../../core/diagnosis/checks/failure-words.ts';
import type { MetricSample, ProbeResult } from '../../core/diagnosis/checks/probe.ts';
import type { Pattern } from '../../core/shared/pattern.ts';
import { isMetricComment, parseMetricLine, parseMetricName } from './metric-line.ts';

/** Pages of large systems have a few megabytes. */
const MAX_PAGE = 50_000_000;
const LONGEST_LINE = 16_384;
/** Longer names are no names of metrics. */
const LONGEST_NAME = 200;
/** `Error 500` reads like a sample; names of metrics have several words or labels. */
const METRIC_LIKE = /^\s*[a-zA-Z:][a-zA-Z0-9:]*[_{]/;

/**
 * The samples whose name matches, the first `most` of them kept. Line by line: the whole page is never in memory. A line
 * that should be such a sample and is not fails the page: without it, the count would be too low.
 */
export async function readMetrics(
  body: Readable,
  match: Pattern,
  most: number,
): Promise<ProbeResult<{ samples: MetricSample[]; count: number }>> {
  const samples: MetricSample[] = [];
  let count = 0;
  let left = MAX_PAGE;
  let believed = false;
  let unreadable: string | undefined;
  let first: string | undefined;
  let page: string | undefined;
  const counted = measured(body, (bytes) => {
    left -= bytes;
  });
  for await (const lines of readLineBatches(counted, LONGEST_LINE)) {
    for (const line of lines) {
      if (line.trim() === '') continue;
      first ??= line;
      if (isWebPage(line)) page ??= line;
      believed ||= isMetricComment(line) || (METRIC_LIKE.test(line) && parseMetricLine(line) !== undefined);
      const name = parseMetricName(line);
      if (name === undefined || name.length > LONGEST_NAME || !match.test(name)) continue;
      const sample = parseMetricLine(line);
      if (sample === undefined) {
        // Any text may begin with such a name; a metrics page has one only before a value.
        unreadable ??= name;
        continue;
      }
      count += 1;
      if (samples.length < most) samples.push(sample);
    }
    if (left < 0) return { kind: 'failed', reason: 'the answer is larger than can be read' };
  }
  if (first === undefined || page !== undefined || !believed) {
    const why = first === undefined || page !== undefined ? `: ${describeText(page ?? '')}` : '';
    return { kind: 'failed', reason: `the answer was not a metrics page${why}` };
  }
  if (unreadable !== undefined) {
    return { kind: 'failed', reason: `the metrics page has a line of ${unreadable} that cannot be read` };
  }
  return { kind: 'ok', value: { samples, count } };
}

async function* measured(chunks: AsyncIterable<Buffer>, note: (bytes: number) => void) {
  for await (const chunk of chunks) {
    note(chunk.length);
    yield chunk;
  }
}

/**
 * The lines of a streamed text, those of one chunk at a time. At most one chunk and one line are in memory; a line
 * longer than `longest` characters is left out.
 */
export async function* readLineBatches(chunks: AsyncIterable<Uint8Array>, longest: number) {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    pieces[0] = begun + (pieces[0] ?? '');
    // One character over the limit is kept, to mark the line as too long however long it becomes.
    begun = (pieces.pop() ?? '').slice(0, longest + 1);
    yield whole(pieces, longest);
  }
  yield whole([begun + decoder.decode()], longest);
}

function whole(lines: string[], longest: number): string[] {
  return lines.filter((line) => line.length <= longest).map((line) => line.replace(/\r$/, ''));
}
