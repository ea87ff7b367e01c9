import { AxiosError } from 'axios';
import { httpFailureWords } from '../../core/diagnosis/checks/failure-words.ts';

/** Why a request to Alertmanager brought nothing, in a few words and without the address. */
export function requestFailure(error: unknown, bounds: { timeoutMs: number; signal: AbortSignal }): string {
  if (!(error instanceof AxiosError)) return 'the answer could not be read';
  const { code, response, message } = error;
  const data: unknown = response?.data;
  const failure = {
    // ECONNABORTED is axios' own timeout.
    timedOut: bounds.signal.aborted || code === AxiosError.ECONNABORTED || code === AxiosError.ETIMEDOUT,
    tooLarge: message.includes('maxContentLength'),
    status: response?.status,
    // A page of some proxy explains nothing.
    said: typeof data === 'string' && !data.trimStart().startsWith('<') ? data : undefined,
    code,
  };
  return httpFailureWords(failure, bounds.timeoutMs);
}
