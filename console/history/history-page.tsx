import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ListedIncident } from '../api/answers.ts';
import type { Api } from '../api/client.ts';
import { IncidentList } from '../incidents/incident-list.tsx';
import { joinPages } from '../live/merge-incidents.ts';
import { go, hrefOf } from '../routing/navigation.tsx';
import { countWords } from '../words/amount.ts';
import { Time } from '../words/time.tsx';
import { useNow } from '../words/use-now.ts';
import { useTitle } from '../words/use-title.ts';
import { ExportButtons } from './export-buttons.tsx';
import { FilterForm } from './filter-form.tsx';
import { type FilterName, readFilters, writeFilters } from './filters.ts';
import { loadPage } from './load-page.ts';

type Found = {
  incidents: ListedIncident[];
  cursor?: string;
  refused?: { detail: string; path?: string };
  loading: boolean;
};

const NOTHING: Found = { incidents: [], loading: true };

/** All incidents that pass the address's filters, newest first. */
export function HistoryPage({ api, search }: { api: Api; search: string }) {
  const filters = useMemo(() => readFilters(search), [search]);
  const [found, setFound] = useState(NOTHING);
  const abort = useRef<AbortController>(undefined);
  const now = useNow(10_000);
  useTitle('History');

  async function load(cursor: string | undefined): Promise<void> {
    abort.current?.abort();
    const { signal } = (abort.current = new AbortController());
    setFound((before) => (cursor === undefined ? NOTHING : { ...before, loading: true }));
    const answer = await loadPage(api.list, { ...filters, limit: '50' }, cursor, signal);
    if (answer.kind === 'aborted' || signal.aborted) return;
    setFound((before) => {
      const incidents = cursor === undefined ? [] : before.incidents;
      if (answer.kind === 'ok') {
        return { ...answer.value, incidents: joinPages(incidents, answer.value.incidents), loading: false };
      }
      const { detail } = answer;
      const path = answer.kind === 'refused' ? answer.path : undefined;
      return {
        incidents,
        loading: false,
        refused: { detail, path },
        cursor,
      };
    });
  }

  useEffect(() => {
    void load(undefined);
    return () => abort.current?.abort();
  }, [api, filters]);

  const { incidents, cursor, refused, loading } = found;
  const oldest = incidents.at(-1)?.openedAt;
  return (
    <>
      <h1>History</h1>
      <FilterForm
        filters={filters}
        refused={refused}
        known={knownValues(incidents)}
        onSearch={(next) => go(hrefOf({ page: 'history' }, writeFilters(next)))}
      />
      <div role="status" class="summary">
        {loading && incidents.length === 0 && <p>Looking …</p>}
        {refused && <p class="problem">{refused.detail}</p>}
        {incidents.length > 0 && (
          <p>
            <strong>{countWords(incidents.length, 'incident')}</strong>, newest first
            {oldest !== undefined && (
              <>
                , back to <Time at={oldest} />
              </>
            )}
            {cursor !== undefined && '; there may be more'}
          </p>
        )}
        {!loading && !refused && incidents.length === 0 && (
          <p>
            <strong>No incident fits.</strong>{' '}
            {cursor === undefined
              ? filters.from === undefined &&
                filters.status !== 'open' &&
                'Without “Opened from” the last 30 days are searched.'
              : 'None in the part that was searched; there is more behind it.'}
          </p>
        )}
      </div>
      {incidents.length > 0 && <ExportButtons api={api} parameters={filters} />}
      {incidents.length > 0 && <IncidentList incidents={incidents} now={now} label="Incidents" past />}
      {cursor !== undefined && (
        <p class="more">
          <button type="button" disabled={loading} onClick={() => void load(cursor)}>
            {loading ? 'Looking …' : 'Load more'}
          </button>
        </p>
      )}
    </>
  );
}

function knownValues(incidents: readonly ListedIncident[]): Partial<Record<FilterName, string[]>> {
  return {
    alertname: distinct(incidents.map(({ alertname }) => alertname)),
    source: distinct(incidents.map(({ source }) => source)),
  };
}

function distinct(values: string[]): string[] {
  return [...new Set(values)].toSorted();
}
