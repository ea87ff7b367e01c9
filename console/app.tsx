import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Api, createApi } from './api/client.ts';
import { HistoryPage } from './history/history-page.tsx';
import { IncidentPage } from './incident/incident-page.tsx';
import { ReportPage } from './incident/report-page.tsx';
import { OpenPage } from './open/open-page.tsx';
import { apiRoot, base, Link, usePlace } from './routing/navigation.tsx';
import { routeOf } from './routing/route.ts';
import type { Session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { StatisticsPage } from './statistics/statistics-page.tsx';

const EXPIRED = 'The API does not take this token any more. Enter another one to go on.';

/** The page of the present address, for readers with a token. */
export function App({ session }: { session: Session }) {
  const token = useToken(session);
  const api = useMemo(
    () =>
      token === undefined
        ? undefined
        : createApi({ root: apiRoot, token, onUnauthorized: () => session.drop(EXPIRED) }),
    [token, session],
  );
  if (api === undefined) return <SignIn session={session} root={apiRoot} />;
  return <Pages api={api} session={session} />;
}

function Pages({ api, session }: { api: Api; session: Session }) {
  const { pathname, search } = usePlace();
  const route = routeOf(pathname, base);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // Users of a keyboard or a screen reader begin at the top of the new page.
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => skip(event, main.current)}>
        Skip to the page
      </a>
      <header class="top">
        <p class="brand">first-responder</p>
        <nav aria-label="Pages">
          <Link to={{ page: 'open' }} current={route.page === 'open'}>
            Open
          </Link>
          <Link to={{ page: 'history' }} current={route.page === 'history'}>
            History
          </Link>
          <Link to={{ page: 'statistics' }} current={route.page === 'statistics'}>
            Statistics
          </Link>
        </nav>
        <button type="button" class="quiet" onClick={() => session.drop()}>
          Forget token
        </button>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {route.page === 'open' && <OpenPage api={api} />}
        {route.page === 'history' && <HistoryPage api={api} search={search} />}
        {route.page === 'statistics' && <StatisticsPage api={api} search={search} />}
        {route.page === 'incident' && (
          <IncidentPage key={route.id} api={api} session={session} id={route.id} />
        )}
        {route.page === 'report' && <ReportPage key={route.id} api={api} id={route.id} />}
        {route.page === 'unknown' && (
          <>
            <h1>There is no such page</h1>
            <p>
              <Link to={{ page: 'open' }}>Open incidents</Link>
            </p>
          </>
        )}
      </main>
    </>
  );
}

function useToken(session: Session): string | undefined {
  const [token, setToken] = useState(session.token);
  useEffect(() => session.subscribe(() => setToken(session.token())), [session]);
  return token;
}

/** By script, because the address's fragment belongs to the pages. */
function skip(event: MouseEvent, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
