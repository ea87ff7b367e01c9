import { durationWords } from '../words/duration.ts';
import { Time } from '../words/time.tsx';
import { useNow } from '../words/use-now.ts';
import type { Freshness } from './polling.ts';

type LineProps = { freshness: Freshness; everyMs: number; onRetry(): void };

/** Whether the page is up to date, and if not, since when and why. Screen readers hear only of failures. */
export function FreshnessLine({ freshness, everyMs, onRetry }: LineProps) {
  const now = useNow(1_000);
  return (
    <div class="freshness">
      <p class={freshness.kind === 'fresh' ? 'live' : 'muted'}>
        {freshness.kind === 'waiting' && 'Asking the API …'}
        {freshness.kind === 'fresh' && <>Live, every {everyMs / 1000} s</>}
        {freshness.kind === 'paused' && <>Paused while nobody looks</>}
      </p>
      <div role="status">
        {freshness.kind === 'stale' && (
          <p class="stale">
            {freshness.at === undefined ? (
              'Nothing to show yet. '
            ) : (
              <>
                Stale since <Time ms={freshness.at} seconds />.{' '}
              </>
            )}
            {freshness.why}{' '}
            <span aria-hidden="true">
              Next try in {durationWords(Math.max(0, Math.round((freshness.nextAt - now) / 1000)))}.
            </span>
          </p>
        )}
      </div>
      {freshness.kind === 'stale' && (
        <button type="button" class="quiet" onClick={onRetry}>
          Try now
        </button>
      )}
    </div>
  );
}
