import axios, { AxiosError, type AxiosInstance } from 'axios';
import { describeHttpFailure, isWebPage } from '../../core/diagnosis/checks/failure-words.ts';
import { retryStaleConnections } from '../http-client/retry-stale-connection.ts';

/** A client for Alertmanager's API v2. Caps the size of an answer and follows no redirect. */
export function createAlertmanagerClient(maxContentLength: number): AxiosInstance {
  const client = axios.create({
    maxRedirects: 0,
    maxContentLength,
    proxy: false,
    responseType: 'json',
    headers: { accept: 'application/json' },
  });
  return retryStaleConnections(client);
}

/** Base URLs by source: all peers of its HA cluster. */
export type AlertmanagerUrls = { anySource: string[]; bySource: Readonly<Record<string, string[]>> };

/** The peers of one source's Alertmanager. */
export function findUrls(urls: AlertmanagerUrls, source: string): string[] {
  return Object.hasOwn(urls.bySource, source) ? (urls.bySource[source] ?? []) : urls.anySource;
}

/** Why a request to Alertmanager brought nothing, in a few words and without the address. */
export function describeRequestFailure(
  error: unknown,
  bounds: { timeoutMs: number; signal: AbortSignal },
): string {
  if (!(error instanceof AxiosError)) return 'the answer could not be read';
  const { code, response, message } = error;
  const data: unknown = response?.data;
  const failure = {
    // ECONNABORTED is axios' own timeout.
    timedOut: bounds.signal.aborted || code === AxiosError.ECONNABORTED || code === AxiosError.ETIMEDOUT,
    tooLarge: message.includes('maxContentLength'),
    status: response?.status,
    // A proxy's error page explains nothing.
    body: typeof data === 'string' && !isWebPage(data) ? data : undefined,
    code,
  };
  return describeHttpFailure(failure, bounds.timeoutMs);
}
