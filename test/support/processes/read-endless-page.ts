/** Reads one metrics page, from a server whose pages have no end: `node read-endless-page.ts URL`. */
import { createHttpProbe } from '../../../lib/adapters/http/http-probe.ts';
import { readBounds } from '../factories/read-bounds.ts';
import { printRead } from './print-read.ts';

const [, , url = ''] = process.argv;
const probe = createHttpProbe({ targets: new Map([['api', url]]) });

await printRead(() => probe.metrics('api', '/metrics', 'connections', readBounds()));
