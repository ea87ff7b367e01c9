/**
 * A process of its own that reads one log and tells what it kept of it, and how much memory it took at its highest:
 * `node read-huge-log.ts URL`, from a server whose every log is huge.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { readBounds } from './read-bounds.ts';

const [, , url = ''] = process.argv;
const request = { namespace: 'cryptofunk', pod: 'api', tail: 100, grep: 'needle', previous: false };

const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

console.log(JSON.stringify({ answer, peakBytes: peakBytes() }));

/** As Linux counts it for this program: maxRSS holds the peak of the process that started it as well, when that was higher. */
function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(peak ?? process.resourceUsage().maxRSS) * 1_024;
}
