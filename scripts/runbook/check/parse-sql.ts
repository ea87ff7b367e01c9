import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';

// Loaded here, so that compiling runbooks need not wait for it.
await loadModule();

/** A node of PostgreSQL's parse tree: `SelectStmt`, `FuncCall`; `at` is its position in the text. */
export type SqlNode = { type: string; fields: Readonly<Record<string, unknown>>; at: number };

/** Positions are UTF-16 units from the start of the text. `end` is behind the last character before a semicolon. */
export type SqlStatement = { type: string; at: number; end: number; nodes: SqlNode[] };

export type ParsedSql =
  | { kind: 'statements'; statements: SqlStatement[] }
  | { kind: 'mistake'; message: string; at: number };

/** Parses a text with PostgreSQL 18's own parser. */
export function parseSql(text: string): ParsedSql {
  try {
    const { stmts = [] } = parseSync(text);
    const bytes = Buffer.from(text);
    const isAscii = bytes.length === text.length;
    // The parser counts bytes.
    const toIndex = (location: number) =>
      isAscii ? location : bytes.subarray(0, location).toString().length;
    const statements = stmts.map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
      const nodes = nodesOf(stmt, from, toIndex);
      const start = toIndex(from);
      const at = start + (/^[\s;]*/.exec(text.slice(start))?.[0].length ?? 0);
      const end = length === undefined ? text.length : toIndex(from + length);
      return { type: nodes[0]?.type ?? '', at, end, nodes };
    });
    return { kind: 'statements', statements };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const cursor = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    // The scanner counts characters.
    const at = Array.from(text).slice(0, Math.max(0, cursor)).join('').length;
    return { kind: 'mistake', message: error.message, at };
  }
}

/** A node and all below it. A node without a position has that of the first one below it. */
function nodesOf(value: unknown, above: number, toIndex: (location: number) => number): SqlNode[] {
  if (Array.isArray(value)) return value.flatMap((each) => nodesOf(each, above, toIndex));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!isRecord(inner)) return nodesOf(inner, above, toIndex);
    const location = locationOf(inner) ?? above;
    const below = nodesOf(inner, location, toIndex);
    const type = typeOf(key);
    return type === undefined ? below : [{ type, fields: inner, at: toIndex(location) }, ...below];
  });
}

function locationOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('location' in value && typeof value.location === 'number' && value.location >= 0) return value.location;
  for (const inner of Object.values(value)) {
    const found = locationOf(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Node types are written in capitals, and the names of fields are not; INTO and the types of casts are only fields. */
function typeOf(key: string): string | undefined {
  if (key === 'intoClause') return 'IntoClause';
  if (key === 'typeName') return 'TypeName';
  return /^[A-Z]/.test(key) ? key : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parts of a name, `pg_catalog.count`, in the letter case that PostgreSQL stores. */
export function namesIn(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.map((part: unknown) => {
    if (!isRecord(part)) return '';
    const text = part['String'];
    return isRecord(text) && typeof text['sval'] === 'string' ? text['sval'] : '';
  });
}
