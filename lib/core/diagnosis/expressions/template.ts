import { type CelScope, type CelVariables, evaluateCel, findCelMistake, type TextMistake } from './cel.ts';
import { formatNumber } from './format-value.ts';

type Part = { text: string } | Hole;
/** `at` is the position of the expression in the template. */
type Hole = { expression: string; at: number };

const HOLE = /\{\{(.*?)\}\}/gs;

/** `undefined` if a value is missing or null, because the text would be wrong. */
export type Filled = string | undefined;

/** The expressions of a template with their positions. For the build. */
export function listHoles(template: string): Hole[] {
  return splitParts(template).flatMap((part) => ('expression' in part ? [part] : []));
}

/** One sentence for each placeholder that cannot be filled in its place. For the build. */
export function findTemplateMistakes(template: string, scope: CelScope): TextMistake[] {
  const mistakes = listHoles(template).flatMap(({ expression, at }) => {
    const mistake = findCelMistake(expression, scope);
    return mistake === undefined
      ? []
      : [{ message: `{{ ${expression} }}: ${mistake.message}`, at: at + mistake.at }];
  });
  const open = template.replace(HOLE, (hole) => ' '.repeat(hole.length)).indexOf('{{');
  return open < 0 ? mistakes : [...mistakes, { message: 'a {{ is never closed', at: open }];
}

/**
 * Fills `{{ CEL }}` placeholders. `insert` makes each value safe for the surrounding language, given the text
 * so far. It returns undefined if it cannot.
 */
export function fillTemplate(
  template: string,
  variables: CelVariables,
  insert: (value: string, before: string) => string | undefined = (value) => value,
): Filled {
  let filled = '';
  for (const part of splitParts(template)) {
    if ('text' in part) {
      filled += part.text;
      continue;
    }
    const outcome = evaluateCel(part.expression, variables);
    if (outcome.kind === 'failed' || outcome.value === null || outcome.value === undefined) return undefined;
    const inserted = insert(formatValue(outcome.value), filled);
    if (inserted === undefined) return undefined;
    filled += inserted;
  }
  return filled;
}

function formatValue(value: unknown): string {
  if (typeof value === 'number') return formatNumber(value).replaceAll(',', '');
  if (Array.isArray(value)) return value.map(formatValue).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function splitParts(template: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(HOLE)) {
    if (match.index > at) parts.push({ text: template.slice(at, match.index) });
    const inside = match[1] ?? '';
    const space = inside.length - inside.trimStart().length;
    parts.push({ expression: inside.trim(), at: match.index + 2 + space });
    at = match.index + match[0].length;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}
