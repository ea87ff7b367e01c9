/** Reads one log, from a server whose every log is huge: `node read-huge-log.ts URL`. */
import { createKubernetesProbe } from '../../../lib/adapters/kubernetes/kubernetes-probe.ts';
import { readBounds } from '../factories/read-bounds.ts';
import { printRead } from './print-read.ts';

const [, , url = ''] = process.argv;
const request = { namespace: 'cryptofunk', pod: 'api', tail: 100, grep: 'needle', previous: false };

await printRead(() => createKubernetesProbe({ url }).logs(request, readBounds()));
