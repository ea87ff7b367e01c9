import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { pathOf, type Route } from './route.ts';

/** The console's address, from that of its own script: only the browser knows what stands before the path. */
const consoleUrl = new URL('..', import.meta.url);

export const base = consoleUrl.pathname;
/** The API has the same parent path as the console. */
export const apiRoot = new URL('..', consoleUrl).href;

const MOVED = 'first-responder:moved';

type Place = { pathname: string; search: string };

/** The address of the page, followed through links, the back button and changes of filters. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const follow = () => setPlace(here());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return place;
}

function here(): Place {
  return { pathname: location.pathname, search: location.search };
}

/** Goes to an address of the console. `replace`: the back button should skip the present one. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  dispatchEvent(new Event(MOVED));
}

export function hrefOf(route: Exclude<Route, { page: 'unknown' }>, search = ''): string {
  return base + pathOf(route) + (search === '' ? '' : `?${search}`);
}

type LinkProps = {
  to: Exclude<Route, { page: 'unknown' }>;
  search?: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
};

/** A link within the console; with a modifier key the browser handles it. */
export function Link({ to, search = '', current = false, children, ...rest }: LinkProps) {
  const href = hrefOf(to, search);
  function follow(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
    scrollTo(0, 0);
  }
  return (
    <a href={href} onClick={follow} class={rest.class} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
