import { existsSync, readFileSync } from 'node:fs';

/** Reads, and prints for `readInOwnProcess` what came of it, with the most memory there was and how much that grew. */
export async function printRead(read: () => Promise<unknown>): Promise<void> {
  const before = process.memoryUsage.rss();
  const answer = await read();
  const peak = peakBytes();
  console.log(JSON.stringify({ answer, peakBytes: peak, grownBytes: peak - before }));
}

/** As Linux counts it for this program: maxRSS holds the peak of the process that started it as well, when that was higher. */
function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(peak ?? process.resourceUsage().maxRSS) * 1_024;
}
