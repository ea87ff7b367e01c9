import { useMemo } from 'preact/hooks';
import type { ShownStatistics } from '../api/answers.ts';
import type { Api } from '../api/client.ts';
import { FreshnessLine } from '../live/freshness.tsx';
import { useLive } from '../live/use-live.ts';
import { go, hrefOf } from '../routing/navigation.tsx';
import { Time } from '../words/time.tsx';
import { useTitle } from '../words/use-title.ts';
import { Breakdown } from './breakdown.tsx';
import { DaysChart } from './days-chart.tsx';
import { HeatMapView } from './heat-map-view.tsx';
import { Noisiest } from './noisiest.tsx';
import { readRange, statisticsQuery, writeRange, yearUpTo } from './range.ts';
import { RangeForm } from './range-form.tsx';
import { Tiles } from './tiles.tsx';
import { TrendChart } from './trend-chart.tsx';

/** Hours are counted once a minute. */
const EVERY_MS = 60_000;

const readersZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Incidents, response times and pages of a range of days. */
export function StatisticsPage({ api, search }: { api: Api; search: string }) {
  const range = useMemo(() => readRange(search, Date.now(), readersZone), [search]);
  const load = useMemo(
    () => (signal: AbortSignal) => api.statistics(statisticsQuery(range), signal),
    [api, range],
  );
  const { value, refused, freshness, refresh } = useLive(load, EVERY_MS);
  useTitle('Statistics');

  return (
    <>
      <h1>Statistics</h1>
      <RangeForm
        range={range}
        refused={refused}
        readersZone={readersZone}
        onChange={(next) => go(hrefOf({ page: 'statistics' }, writeRange(next, readersZone)))}
      />
      {refused && (
        <p class="problem" role="alert">
          {refused.detail}
        </p>
      )}
      {value === undefined && !refused && (
        <FreshnessLine freshness={freshness} everyMs={EVERY_MS} onRetry={refresh} />
      )}
      {value !== undefined && !refused && (
        <>
          <p class="muted">
            Counted up to <Time at={value.asOf} seconds />
          </p>
          <Numbers statistics={value} />
        </>
      )}
      {!refused && <Year api={api} tz={range.tz} />}
    </>
  );
}

function Numbers({ statistics }: { statistics: ShownStatistics }) {
  const { byDay, byAlertname, otherAlertnames, bySeverity, byCategory } = statistics;
  return (
    <>
      <Tiles statistics={statistics} />
      <DaysChart days={byDay} />
      <div class="halves">
        <TrendChart days={byDay} which="mtta" title="Time to acknowledge" overall={statistics.mtta} />
        <TrendChart days={byDay} which="mttr" title="Time to resolve" overall={statistics.mttr} />
      </div>
      <div class="halves">
        <Noisiest alertnames={byAlertname} others={otherAlertnames} />
        <div>
          <Breakdown
            title="By severity"
            noun="Severity"
            rows={bySeverity.map(({ severity, incidents }) => ({ name: severity, incidents }))}
          />
          <Breakdown
            title="By category"
            noun="Category"
            rows={byCategory.map(({ category, incidents }) => ({ name: category, incidents }))}
          />
        </div>
      </div>
    </>
  );
}

/** Always the past year, whatever the range of the rest. */
function Year({ api, tz }: { api: Api; tz: string }) {
  const range = useMemo(() => yearUpTo(Date.now(), tz), [tz]);
  const load = useMemo(
    () => (signal: AbortSignal) => api.statistics(statisticsQuery(range), signal),
    [api, range],
  );
  const { value, refused } = useLive(load, undefined);
  if (refused) {
    return (
      <section aria-labelledby="year">
        <h2 id="year">The past year</h2>
        <p class="problem">{refused.detail}</p>
      </section>
    );
  }
  return value === undefined ? null : <HeatMapView days={value.byDay} from={range.from} to={range.to} />;
}
