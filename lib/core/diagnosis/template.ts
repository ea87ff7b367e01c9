import { type CelScope, type CelVariables, celMistake, evaluateCel, numberText } from './cel.ts';

type Part = { text: string } | { expression: string };

const HOLE = /\{\{(.*?)\}\}/gs;

/** Filled, or `undefined` when a value in it is missing or null: then the text would say something untrue. */
export type Filled = string | undefined;

/** One sentence for each hole that cannot be filled where it stands. For the build. */
export function templateMistakes(template: string, scope: CelScope): string[] {
  const mistakes = partsOf(template).flatMap((part) => {
    const mistake = 'expression' in part ? celMistake(part.expression, scope) : undefined;
    return mistake === undefined || !('expression' in part) ? [] : [`{{ ${part.expression} }}: ${mistake}`];
  });
  return template.replace(HOLE, '').includes('{{') ? [...mistakes, 'a {{ is never closed'] : mistakes;
}

/**
 * Fills `{{ CEL }}` holes. `insert` makes each value safe for the language around it, given the text filled so far, or
 * says that it cannot.
 */
export function fillTemplate(
  template: string,
  variables: CelVariables,
  insert: (value: string, before: string) => string | undefined = (value) => value,
): Filled {
  let filled = '';
  for (const part of partsOf(template)) {
    if ('text' in part) {
      filled += part.text;
      continue;
    }
    const outcome = evaluateCel(part.expression, variables);
    if (outcome.kind === 'failed' || outcome.value === null || outcome.value === undefined) return undefined;
    const inserted = insert(shown(outcome.value), filled);
    if (inserted === undefined) return undefined;
    filled += inserted;
  }
  return filled;
}

function shown(value: unknown): string {
  if (typeof value === 'number') return numberText(value).replaceAll(',', '');
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(HOLE)) {
    if (match.index > at) parts.push({ text: template.slice(at, match.index) });
    parts.push({ expression: (match[1] ?? '').trim() });
    at = match.index + match[0].length;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}
