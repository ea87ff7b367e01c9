/** Half of a surrogate pair, written as JSON may write it. */
const HALF = /\\u[dD][89a-fA-F]/;

/**
 * JSON in which every text and every key is well-formed Unicode: half a character, which JSON may spell and nothing
 * else can store, send or encode, becomes U+FFFD. Throws a SyntaxError as `JSON.parse` does.
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
