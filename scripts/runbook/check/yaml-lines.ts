import { type Document, isNode, isScalar, LineCounter, parseAllDocuments, parseDocument, Scalar } from 'yaml';

const MAX_MESSAGE = 160;

/** Keys and indexes from the root of a document. */
export type Path = (string | number)[];

/** A position in a text from the file, whose white space may have been folded or cut since. */
export type Within = { text: string; at: number };

/** A YAML document with the line of each part. */
export type YamlLines = {
  /** The parser's errors, with their lines; the rest is then unusable. */
  errors: { line: number; message: string }[];
  value: unknown;
  /** The line of its first content, behind comments and `---`. */
  start: number;
  has(path: Path): boolean;
  /** The line of the deepest part of the path that exists: a missing key is reported where it should stand. */
  lineOf(path: Path, within?: Within): number;
};

export function readYamlLines(source: string): YamlLines {
  const lines = new LineCounter();
  return linesOf(parseDocument(source, { lineCounter: lines }), source, lines);
}

/** Each document of a file that may hold several. */
export function readAllYamlLines(source: string): YamlLines[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, { lineCounter: lines });
  return Array.isArray(documents) ? documents.map((document) => linesOf(document, source, lines)) : [];
}

function linesOf(document: Document.Parsed, source: string, lines: LineCounter): YamlLines {
  const errors = document.errors.map(({ pos, message }) => ({
    line: lines.linePos(pos[0]).line,
    message: firstLine(message),
  }));
  let value: unknown;
  try {
    if (errors.length === 0) value = document.toJS();
  } catch (error) {
    // Aliases of aliases can stand for more than fits into memory.
    errors.push({ line: 1, message: firstLine(error instanceof Error ? error.message : String(error)) });
  }
  return {
    errors,
    value,
    start: lines.linePos(document.contents?.range[0] ?? 0).line,
    has: (path) => document.getIn(path) !== undefined,
    lineOf: (path, within) => lines.linePos(offsetOf(document, source, path, within)).line,
  };
}

/** The parser quotes the text that it did not understand, which may be the rest of the file. */
function firstLine(message: string): string {
  const line = message.split('\n')[0]?.replace(/:$/, '') ?? '';
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE - 1)}…` : line;
}

function offsetOf(document: Document.Parsed, source: string, path: Path, within: Within | undefined): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (!isNode(node) || !node.range) continue;
    const [start, end] = node.range;
    if (within === undefined || depth < path.length || !isScalar(node)) return start;
    return offsetWithin(node, source.slice(0, end), start, within);
  }
  return 0;
}

/**
 * Folding, indentation and trimming touch white space only, so a character is found again by the number of visible
 * ones before it. Past the end it is the last one.
 */
function offsetWithin(node: Scalar, source: string, start: number, { text, at }: Within): number {
  let left = text.slice(0, at).replace(/\s/g, '').length;
  let found = start;
  for (const offset of visibleCharacters(node, source, start)) {
    found = offset;
    if (left === 0) break;
    left -= 1;
  }
  return found;
}

/** The position in the file of each visible character of a scalar. */
function* visibleCharacters(node: Scalar, source: string, start: number): Generator<number> {
  const block = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  const quote = node.type === Scalar.QUOTE_DOUBLE ? '"' : node.type === Scalar.QUOTE_SINGLE ? "'" : undefined;
  // A block's first line holds only its indicator, such as `|` or `>-`.
  let at = block ? source.indexOf('\n', start) + 1 : start + (quote === undefined ? 0 : 1);
  for (; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (/\s/.test(character)) continue;
    const begin = at;
    if (quote === '"' && character === '\\') {
      const escape = /^\\(?:x..|u.{4}|U.{8}|[\s\S])/.exec(source.slice(at))?.[0] ?? '\\';
      at += escape.length - 1;
      // Escaped white space and an escaped line break are no visible characters.
      if (/^\\[\sntrvfLPN_]/.test(escape)) continue;
    } else if (quote === "'" && source.startsWith("''", at)) at += 1;
    else if (character === quote) return;
    yield begin;
  }
}
