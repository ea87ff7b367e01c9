import type { AlertDetail } from '../alert/alert.ts';
import { HOUR, MINUTE, SECOND } from '../shared/time.ts';
import { numberText } from './cel.ts';
import { cleanCell, cleanSentence } from './clean-cell.ts';
import type { Finding } from './finding.ts';
import type { Series } from './probe.ts';
import { readRange } from './read-promql.ts';
import type { ReadContext } from './reading.ts';
import { seriesEvidence } from './series-summary.ts';

const MAX_EXPRESSIONS = 3;
const MAX_EXPRESSION = 4_000;

/** How long the expression may take, and over what time it is read. */
export const EXPRESSION_TIMEOUT = 4 * SECOND;
const WINDOW = HOUR;

/** The distinct expressions behind some alerts: `g0.expr` of their generatorURL. At most three. */
export function expressionsOf(alerts: AlertDetail[]): string[] {
  const found = new Set<string>();
  for (const { generatorURL } of alerts) {
    if (found.size >= MAX_EXPRESSIONS) break;
    if (!URL.canParse(generatorURL)) continue;
    const expression = new URL(generatorURL).searchParams.get('g0.expr')?.trim();
    if (expression && expression.length <= MAX_EXPRESSION) found.add(expression);
  }
  return [...found];
}

/** What the alert itself looks at, over the last hour. Every alert gets this, with or without a runbook. */
export async function readExpression(
  expression: string,
  index: number,
  context: ReadContext,
): Promise<Finding> {
  const base = {
    stepId: `expression${index === 0 ? '' : `_${index + 1}`}`,
    title: "the alert's own expression",
    kind: 'expression' as const,
    tookMs: 0,
  };
  const { prometheus } = context.probes;
  const { measured, threshold, limit } = withoutThreshold(expression);
  const answer = prometheus
    ? await readRange(measured, WINDOW, context, prometheus)
    : ({ kind: 'failed', reason: 'PROMETHEUS_URL is not set' } as const);
  if (answer.kind === 'failed') {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(answer.reason) };
  }
  const shown = cleanCell(measured);
  const evidence = seriesEvidence(ours(answer.value, context.eachLabels ?? [context.labels]));
  if (evidence?.kind !== 'series') {
    return { ...base, verdict: 'normal', sentence: `${shown}: no value in the last hour` };
  }
  const first = evidence.points[0]?.[0] ?? context.at;
  const since = context.at - first < WINDOW - 2 * MINUTE ? 'since it appeared' : 'over the last hour';
  const range = `min ${numberText(evidence.min)} · max ${numberText(evidence.max)} · now ${numberText(evidence.last)}`;
  const firesAt = threshold === undefined ? '' : ` (alerts at ${threshold})`;
  return {
    ...base,
    verdict: 'normal',
    sentence: cleanSentence(`${shown} ${since}: ${range}${firesAt}`),
    evidence: limit === undefined || !Number.isFinite(limit) ? evidence : { ...evidence, threshold: limit },
  };
}

/**
 * Without its threshold an expression also gives the series that are well; these are the ones that fire. A series is an
 * alert's when no label of it contradicts the alert's. All of them, when none is.
 */
function ours(all: Series[], alerts: Readonly<Record<string, string>>[]): Series[] {
  const agreeing = all.filter(({ labels }) =>
    alerts.some((alert) =>
      Object.entries(labels).every(
        ([name, value]) => name === '__name__' || alert[name] === undefined || alert[name] === value,
      ),
    ),
  );
  return agreeing.length > 0 ? agreeing : all;
}

/**
 * A comparison leaves only the moments at which it holds, which draws no chart: `x == 0` is read as `x`. Only where the
 * comparison is certainly the outermost: it comes last, and nothing that binds weaker is in the expression.
 */
function withoutThreshold(expression: string): { measured: string; threshold?: string; limit?: number } {
  const match = /^([\s\S]*\S)\s*(==|!=|>=|<=|>|<)\s*(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(expression);
  const [, measured, operator, limit] = match ?? [];
  if (measured === undefined || /\b(and|or|unless|bool)\b/i.test(expression) || !isBalanced(measured)) {
    return { measured: expression };
  }
  return { measured, threshold: `${operator} ${limit}`, limit: Number(limit) };
}

/** Whether every bracket is closed, so that what follows stands outside of all. Strings count too: better no chart than a wrong one. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
