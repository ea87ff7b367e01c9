/** The console as it was built: `assets` by file name, each compressed with gzip, as base64. */
export type ConsoleFiles = {
  /** The page's HTML; `{{assets}}` stands where the way to the folder of assets goes. */
  page: string;
  /** Digest of the page and, by their names, of all assets. */
  revision: string;
  assets: Readonly<Record<string, { contentType: string; gzip: string }>>;
};

export type ConsoleAnswer =
  | { kind: 'page'; html: string; etag: string }
  | { kind: 'unchanged'; etag: string }
  | { kind: 'asset'; contentType: string; gzip: string }
  | { kind: 'not-found' };

/** Below /console no page lies deeper; what does is nobody's link. */
const DEEPEST = 6;

/**
 * Answers for a path at or below /console. Everything is the page, so that a link to an incident can be opened, but for
 * what lies below `assets/`. The page finds its assets relative to itself, because only the browser knows whether
 * the API's stage or a domain's mapping stands before the path. `known` is the ETag that the browser has.
 */
export function serveConsole(files: ConsoleFiles, path: string, known: string | undefined): ConsoleAnswer {
  const below = /\/console(?=\/|$)(.*)$/s.exec(path)?.[1];
  if (below === undefined) return { kind: 'not-found' };
  const segments = below.split('/').slice(1);
  if (segments.length > DEEPEST || segments.some(leadsElsewhere)) return { kind: 'not-found' };
  if (segments[0] === 'assets') return asset(files, segments.slice(1));

  const etag = `"${files.revision}-${segments.length}"`;
  if (isKnown(etag, known)) return { kind: 'unchanged', etag };
  return { kind: 'page', html: files.page.replaceAll('{{assets}}', wayToAssets(segments.length)), etag };
}

function asset(files: ConsoleFiles, names: string[]): ConsoleAnswer {
  const [name = '', ...deeper] = names;
  const found = Object.hasOwn(files.assets, name) ? files.assets[name] : undefined;
  return found && deeper.length === 0 ? { kind: 'asset', ...found } : { kind: 'not-found' };
}

/** From /console it is `console/assets/`, from /console/history `assets/`, from one deeper `../assets/`. */
function wayToAssets(depth: number): string {
  return depth === 0 ? 'console/assets/' : `${'../'.repeat(depth - 1)}assets/`;
}

/** Dots or separators, also encoded: no link of ours has them, and no browser sends them unasked. */
function leadsElsewhere(segment: string): boolean {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    return true;
  }
  return text === '.' || text === '..' || /[/\\\0]/.test(text);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match: weak comparison, as proxies weaken tags. */
function isKnown(etag: string, known: string | undefined): boolean {
  const tags = new Set((known ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return tags.has(etag) || tags.has('*');
}
