import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ListedIncident } from '../api/answers.ts';
import type { Answer, Api } from '../api/client.ts';
import { IncidentList } from '../incidents/incident-list.tsx';
import { FreshnessLine } from '../live/freshness.tsx';
import { joinPages, mostUrgentFirst, newsBetween } from '../live/merge-incidents.ts';
import { useLive } from '../live/use-live.ts';
import { Link } from '../routing/navigation.tsx';
import { countWords } from '../words/amount.ts';
import { useNow } from '../words/use-now.ts';
import { useTitle } from '../words/use-title.ts';

const EVERY_MS = 5_000;
/** Nobody reads a longer list in a storm; the history has all incidents. */
const MOST_PAGES = 5;

type Shown = { incidents: ListedIncident[]; more: boolean };

/** The open incidents. */
export function OpenPage({ api }: { api: Api }) {
  const load = useMemo(() => (signal: AbortSignal) => openIncidents(api, signal), [api]);
  const { value, refused, freshness, refresh } = useLive(load, EVERY_MS);
  const now = useNow(1_000);
  const news = useNews(value?.incidents);
  const incidents = useMemo(() => mostUrgentFirst(value?.incidents ?? []), [value]);
  const critical = incidents.filter(({ severity }) => severity === 'critical').length;
  const alone = incidents.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).length;
  useTitle(value === undefined ? 'Open incidents' : `${incidents.length} open`);

  return (
    <>
      <div class="headline">
        <h1>Open incidents</h1>
        <FreshnessLine freshness={freshness} everyMs={EVERY_MS} onRetry={refresh} />
      </div>
      <p class="hidden" aria-live="polite">
        {news.words}
      </p>
      {refused && (
        <p class="problem" role="alert">
          {refused.detail}
        </p>
      )}
      {value && incidents.length > 0 && (
        <>
          <p class="summary">
            <strong>{countWords(incidents.length, 'open incident')}</strong>
            {value.more && ' and more'}, {critical} critical, {alone} not acknowledged
          </p>
          <IncidentList incidents={incidents} now={now} label="Open incidents" fresh={news.fresh} />
        </>
      )}
      {value && incidents.length === 0 && (
        <div class="empty">
          <p>
            <strong>Nothing is open.</strong>
          </p>
          <p>
            What happened before is in the <Link to={{ page: 'history' }}>history</Link>.
          </p>
        </div>
      )}
    </>
  );
}

async function openIncidents(api: Api, signal: AbortSignal): Promise<Answer<Shown>> {
  let incidents: ListedIncident[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await api.list({ status: 'open', limit: '200', cursor }, signal);
    if (answer.kind !== 'ok') return answer;
    incidents = joinPages(incidents, answer.value.incidents);
    cursor = answer.value.cursor;
    if (cursor === undefined) break;
  }
  return { kind: 'ok', value: { incidents, more: cursor !== undefined } };
}

/** Changes since the last answer: announced once, and marked for as long as the page is open. */
function useNews(incidents: ListedIncident[] | undefined): { words: string; fresh: ReadonlySet<string> } {
  const before = useRef<ListedIncident[]>(undefined);
  const [news, setNews] = useState({ words: '', fresh: new Set<string>() });
  useEffect(() => {
    if (incidents === undefined) return;
    const known = before.current;
    before.current = incidents;
    if (known === undefined) return;
    const words = newsBetween(known, incidents);
    const ids = new Set(known.map(({ id }) => id));
    const added = incidents.map(({ id }) => id).filter((id) => !ids.has(id));
    if (words !== '') setNews(({ fresh }) => ({ words, fresh: new Set([...fresh, ...added]) }));
  }, [incidents]);
  return news;
}
