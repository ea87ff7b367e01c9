import { UsageError } from '../../command-line/usage-error.ts';

/** `agent=technical-agent,pod=api-1`; a comma in a value is written `\,`. Throws a UsageError for anything else. */
export function readLabels(texts: string[]): Record<string, string> {
  const pairs = texts.flatMap((text) => text.split(/(?<!\\),/)).filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const match = /^\s*([a-zA-Z_]\w*)=(.*)$/s.exec(pair.replaceAll('\\,', ','));
      const [, name, value] = match ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(`--labels takes name=value,name=value, which ${JSON.stringify(pair)} is not.`);
      }
      return [name, value];
    }),
  );
}
