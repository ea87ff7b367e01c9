/** The built console: `assets` by file name, each compressed with gzip, as base64. */
export type ConsoleFiles = {
  /** The page's HTML, with `{{assets}}` in place of the path to the assets folder. */
  page: string;
  /** Digest of the page and of the names of all assets. */
  revision: string;
  assets: Readonly<Record<string, { contentType: string; gzip: string }>>;
};

export type ConsoleAnswer =
  | { kind: 'page'; html: string; etag: string }
  | { kind: 'unchanged'; etag: string }
  | { kind: 'asset'; contentType: string; gzip: string }
  | { kind: 'not-found' };

/** No page below /console lies deeper, so a deeper path is not found. */
const DEEPEST = 6;

/**
 * Answers a path at or below /console. Every path gives the page, so that links to incidents work, except
 * below `assets/`. The page's asset paths are relative, because only the browser knows which stage or domain
 * mapping precedes the path. `known` is the browser's ETag.
 */
export function serveConsole(files: ConsoleFiles, path: string, known: string | undefined): ConsoleAnswer {
  const below = /\/console(?=\/|$)(.*)$/s.exec(path)?.[1];
  if (below === undefined) return { kind: 'not-found' };
  const segments = below.split('/').slice(1);
  if (segments.length > DEEPEST || segments.some(isUnsafe)) return { kind: 'not-found' };
  if (segments[0] === 'assets') return asset(files, segments.slice(1));

  const etag = `"${files.revision}-${segments.length}"`;
  if (isKnown(etag, known)) return { kind: 'unchanged', etag };
  return { kind: 'page', html: files.page.replaceAll('{{assets}}', getAssetsPath(segments.length)), etag };
}

function asset(files: ConsoleFiles, names: string[]): ConsoleAnswer {
  const [name = '', ...deeper] = names;
  const found = Object.hasOwn(files.assets, name) ? files.assets[name] : undefined;
  return found && deeper.length === 0 ? { kind: 'asset', ...found } : { kind: 'not-found' };
}

/** From /console it is `console/assets/`, from /console/history `assets/`, one level deeper `../assets/`. */
function getAssetsPath(depth: number): string {
  return depth === 0 ? 'console/assets/' : `${'../'.repeat(depth - 1)}assets/`;
}

/** Dots or separators, also encoded. Our links never contain them, and browsers do not add them. */
function isUnsafe(segment: string): boolean {
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
