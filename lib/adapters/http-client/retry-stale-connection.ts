import { AxiosError, type AxiosInstance } from 'axios';

/** How a request fails that was written to a connection which its server had just ended. */
const ENDED = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Lets a client repeat a read that failed because its kept connection had been ended meanwhile, as happens to a
 * function that stood still. `reads`: methods that change nothing at this server. A failed connection leaves the pool
 * and a new one is not retried, so this ends.
 */
export function retryStaleConnections(
  http: AxiosInstance,
  reads: readonly string[] = ['get'],
): AxiosInstance {
  http.interceptors.response.use(undefined, (error: unknown) => {
    if (!(error instanceof AxiosError) || error.config === undefined) throw error;
    const { config, code = '' } = error;
    const request: { reusedSocket?: boolean } | undefined = error.request;
    const isStale = request?.reusedSocket === true && ENDED.has(code);
    if (!isStale || config.signal?.aborted || !reads.includes(config.method ?? '')) throw error;
    return http.request(config);
  });
  return http;
}
