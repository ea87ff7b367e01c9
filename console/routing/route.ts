export type Route =
  | { page: 'open' }
  | { page: 'history' }
  | { page: 'statistics' }
  | { page: 'incident'; id: string }
  | { page: 'report'; id: string }
  | { page: 'unknown' };

/** The page of a path. `base` is the console's own path with a slash at its end, such as `/dev/console/`. */
export function routeOf(pathname: string, base: string): Route {
  if (`${pathname}/` === base) return { page: 'open' };
  if (!pathname.startsWith(base)) return { page: 'unknown' };
  const [first = '', second, third, ...more] = pathname.slice(base.length).replace(/\/$/, '').split('/');
  if (more.length > 0) return { page: 'unknown' };
  if (second === undefined) {
    if (first === '' || first === 'open') return { page: 'open' };
    return first === 'history' || first === 'statistics' ? { page: first } : { page: 'unknown' };
  }
  const id = first === 'incidents' ? decoded(second) : undefined;
  if (id === undefined) return { page: 'unknown' };
  if (third === undefined) return { page: 'incident', id };
  return third === 'report' ? { page: 'report', id } : { page: 'unknown' };
}

/** The path of a page below the console's own. */
export function pathOf(route: Exclude<Route, { page: 'unknown' }>): string {
  switch (route.page) {
    case 'open':
      return '';
    case 'history':
    case 'statistics':
      return route.page;
    case 'incident':
      return `incidents/${encodeURIComponent(route.id)}`;
    case 'report':
      return `incidents/${encodeURIComponent(route.id)}/report`;
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment) || undefined;
  } catch {
    return undefined;
  }
}
