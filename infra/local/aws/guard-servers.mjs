// Loaded into the process of `serverless offline` before anything else: it opens servers of its own, which let every
// web page read them. Each is guarded when it begins to listen. JavaScript, because the functions' threads load it too.
import { subscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { refuseForeignPages } = await import('../stack/refuse-foreign-pages.ts');
  subscribe('tracing:net.server.listen:asyncStart', ({ server }) => {
    if (server.listenerCount('request') > 0) refuseForeignPages(server);
  });
}
