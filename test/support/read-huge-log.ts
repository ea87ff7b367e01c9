/**
 * A process of its own that reads one log and tells what it kept of it, and how much memory it took at its highest:
 * `node read-huge-log.ts URL`, from a server whose every log is huge.
 */
import { createKubernetesProbe } from '../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { readBounds } from './read-bounds.ts';

const [, , url = ''] = process.argv;
const request = { namespace: 'cryptofunk', pod: 'api', tail: 100, grep: 'needle', previous: false };

const answer = await createKubernetesProbe({ url }).logs(request, readBounds());

const peakBytes = process.resourceUsage().maxRSS * 1_024;
console.log(JSON.stringify({ answer, peakBytes }));
