/** An escaped half of a surrogate pair. */
const HALF = /\\u[dD][89a-fA-F]/;

/**
 * Parses JSON and makes every text and key well-formed Unicode. JSON may spell half a character, which
 * nothing else can store, send or encode; it becomes U+FFFD. Throws a SyntaxError like `JSON.parse`.
 */
export function parseWellFormed(text: string): unknown {
  const json = text.toWellFormed();
  return HALF.test(json) ? JSON.parse(json, (_, value: unknown) => wellFormed(value)) : JSON.parse(json);
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([name]) => name.isWellFormed())) return value;
  return Object.fromEntries(entries.map(([name, each]): [string, unknown] => [name.toWellFormed(), each]));
}
