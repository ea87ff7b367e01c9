import { existsSync, readFileSync } from 'node:fs';

/** Reads, and prints the result for `readInOwnProcess`, with the peak of memory and its growth. */
export async function printRead(read: () => Promise<unknown>): Promise<void> {
  const before = process.memoryUsage.rss();
  const answer = await read();
  const peak = peakBytes();
  console.log(JSON.stringify({ answer, peakBytes: peak, grownBytes: peak - before }));
}

/** Linux' own count for this program: maxRSS also holds the peak of the parent process, if that was higher. */
function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(peak ?? process.resourceUsage().maxRSS) * 1_024;
}
