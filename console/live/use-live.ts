import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from '../api/client.ts';
import { delayAfter, type Freshness, freshnessOf } from './polling.ts';

export type Live<T> = {
  value: T | undefined;
  /** A refusal that no further try will change, such as for an unknown incident. */
  refused: Extract<Answer<T>, { kind: 'refused' }> | undefined;
  freshness: Freshness;
  refresh(): void;
  /** Shows this until the next answer. */
  put(value: T): void;
};

type State<T> = {
  value?: T;
  refused?: Extract<Answer<T>, { kind: 'refused' }>;
  at?: number;
  failures: number;
  why?: string;
  nextAt: number;
};

const START = { failures: 0, nextAt: 0 };

/**
 * Polls while the page is visible, with growing delays while no answer comes. `everyMs` of undefined asks once. The
 * last data stays until there is something newer.
 */
export function useLive<T>(
  load: (signal: AbortSignal) => Promise<Answer<T>>,
  everyMs: number | undefined,
): Live<T> {
  const [state, setState] = useState<State<T>>(START);
  const [hidden, setHidden] = useState(document.hidden);
  const [round, setRound] = useState(0);
  const failures = useRef(0);
  const every = useRef(everyMs);
  every.current = everyMs;

  useEffect(() => {
    const summary = () => setHidden(document.hidden);
    document.addEventListener('visibilitychange', summary);
    return () => document.removeEventListener('visibilitychange', summary);
  }, []);

  useEffect(() => {
    failures.current = 0;
    setState(START);
  }, [load]);

  useEffect(() => {
    if (hidden) return undefined;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function askAgainAndAgain(): Promise<void> {
      const answer = await load(abort.signal);
      if (answer.kind === 'aborted' || abort.signal.aborted) return;
      const final = answer.kind === 'refused' && answer.status >= 400 && answer.status < 500;
      failures.current = answer.kind === 'ok' || final ? 0 : failures.current + 1;
      const delay = delayAfter(failures.current, every.current ?? 5_000);
      const nextAt = Date.now() + delay;
      setState((before) => after(before, answer, failures.current, nextAt));
      if (final || (answer.kind === 'ok' && every.current === undefined)) return;
      timer = setTimeout(() => void askAgainAndAgain(), delay);
    }
    void askAgainAndAgain();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [load, hidden, round]);

  const refresh = useCallback(() => setRound((count) => count + 1), []);
  const put = useCallback((value: T) => setState((before) => ({ ...before, value })), []);
  return { value: state.value, refused: state.refused, freshness: freshnessOf(state, hidden), refresh, put };
}

function after<T>(before: State<T>, answer: Answer<T>, failures: number, nextAt: number): State<T> {
  if (answer.kind === 'ok') return { value: answer.value, at: Date.now(), failures, nextAt };
  if (answer.kind === 'refused' && failures === 0) return { ...before, refused: answer, failures, nextAt };
  const why = answer.kind === 'aborted' ? '' : answer.detail;
  return { ...before, failures, nextAt, why };
}
