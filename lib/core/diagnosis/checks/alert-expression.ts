import type { AlertDetail } from '../../alert/alert.ts';
import { getLabel } from '../../alert/labels.ts';
import { isClipped } from '../../shared/clip.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../../shared/time.ts';
import { formatDurationText, formatNumber } from '../expressions/cel.ts';
import { cleanCell, cleanSentence } from '../findings/clean-cell.ts';
import type { Finding } from '../findings/finding.ts';
import type { Series } from './probe.ts';
import { readRange } from './read-promql.ts';
import type { ReadContext } from './reading.ts';
import { toSeriesEvidence } from './series-summary.ts';

const MAX_EXPRESSIONS = 3;
const MAX_EXPRESSION = 4_000;

/** How long the expression may take, and over what time it is read. */
export const EXPRESSION_TIMEOUT = 4 * SECOND;
const WINDOW = HOUR;
/** Two steps of the series: a last value older than that is not what is there now. */
const CURRENT = 2 * MINUTE;

const OPERATORS = ['==', '!=', '>=', '<=', '>', '<'] as const;
/** What a value is compared with, and how the expression writes it. */
type Threshold = { operator: (typeof OPERATORS)[number]; limit: number; words: string };

/** The distinct expressions behind some alerts: `g0.expr` of their generatorURL. At most three. */
export function extractExpressions(alerts: AlertDetail[]): string[] {
  const found = new Set<string>();
  for (const { generatorURL } of alerts) {
    if (found.size >= MAX_EXPRESSIONS) break;
    // Of a link that was cut, the expression is not the alert's.
    if (isClipped(generatorURL) || !URL.canParse(generatorURL)) continue;
    const expression = new URL(generatorURL).searchParams.get('g0.expr')?.trim();
    if (expression && expression.length <= MAX_EXPRESSION) found.add(expression);
  }
  return [...found];
}

/**
 * What the alert itself looks at, over the last hour. Every alert gets this, with or without a runbook. It needs attention
 * as long as the alert would fire on it, so that a resolve shows what it was and what it is.
 */
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
  const { measured, threshold } = withoutThreshold(expression);
  const answer = prometheus
    ? await readRange(measured, WINDOW, context, prometheus)
    : ({ kind: 'failed', reason: 'PROMETHEUS_URL is not set' } as const);
  if (answer.kind === 'failed') {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(answer.reason) };
  }
  const shown = cleanCell(measured);
  const about = ours(answer.value, context.eachLabels ?? [context.labels]);
  if (about.length === 0 && answer.value.length > 0) {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(`${shown} has no series of this alert`) };
  }
  const firing = about.filter((series) => holdsNow(series, threshold, context));
  const evidence = toSeriesEvidence(firing.length > 0 ? firing : about);
  if (evidence?.kind !== 'series') {
    return { ...base, verdict: 'normal', sentence: `${shown}: no value in the last hour` };
  }
  const first = evidence.points[0]?.[0] ?? context.at;
  const since = context.at - first < WINDOW - 2 * MINUTE ? 'since it appeared' : 'over the last hour';
  const range = `min ${formatNumber(evidence.min)} · max ${formatNumber(evidence.max)} · ${lastWords(evidence, context)}`;
  const firesAt = threshold === undefined ? '' : ` (alerts at ${threshold.words})`;
  return {
    ...base,
    verdict: firing.length > 0 ? 'attention' : 'normal',
    sentence: cleanSentence(`${shown} ${since}: ${range}${firesAt}`),
    evidence: { ...evidence, ...drawnThreshold(threshold) },
  };
}

/** `now 11`, or how long ago there was a value: an expression that filters has none once it no longer holds. */
function lastWords(
  { points, last }: { points: Series['points']; last: number },
  context: ReadContext,
): string {
  const at = points.at(-1)?.[0] ?? context.at;
  if (isCurrent(at, context)) return `now ${formatNumber(last)}`;
  return `last ${formatNumber(last)}, ${formatDurationText((context.at - at) / SECOND)} ago`;
}

/** Whether the alert would fire on this series now: its last value is a current one, and the threshold holds for it. */
function holdsNow({ points }: Series, threshold: Threshold | undefined, context: ReadContext): boolean {
  const last = points.findLast(([, value]) => Number.isFinite(value));
  if (last === undefined || !isCurrent(last[0], context)) return false;
  return threshold === undefined || holds(last[1], threshold);
}

function isCurrent(at: Millis, context: ReadContext): boolean {
  return context.at - at <= CURRENT;
}

function holds(value: number, { operator, limit }: Threshold): boolean {
  switch (operator) {
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    case '>=':
      return value >= limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '<':
      return value < limit;
  }
}

/**
 * The series of some alerts; without its threshold an expression also gives those of targets that are well. An alert has
 * the labels of its series, overwritten by those of its rule, and external ones. So a series is an alert's when no label
 * that both have differs. What a rule nearly always overwrites counts only where it leaves some. docs/adr/0020.
 */
function ours(all: Series[], alerts: Labels[]): Series[] {
  const agreeing = (overwritten: ReadonlySet<string>) =>
    all.filter(({ labels }) => alerts.some((alert) => agree(labels, alert, overwritten)));
  const whole = agreeing(ALWAYS_OVERWRITTEN);
  return whole.length > 0 ? whole : agreeing(MOSTLY_OVERWRITTEN);
}

type Labels = Readonly<Record<string, string>>;

const ALWAYS_OVERWRITTEN = new Set(['__name__', 'alertname']);
const MOSTLY_OVERWRITTEN = new Set([...ALWAYS_OVERWRITTEN, 'severity']);

function agree(series: Labels, alert: Labels, overwritten: ReadonlySet<string>): boolean {
  return Object.entries(series).every(([name, value]) => {
    const own = getLabel(alert, name) ?? '';
    // Prometheus takes a label without a value for one that is not there.
    if (overwritten.has(name) || own === '' || value === '') return true;
    return isClipped(own) ? value.startsWith(own.slice(0, -1)) : value === own;
  });
}

/**
 * A comparison leaves only the moments at which it holds, which draws no chart: `x == 0` is read as `x`. Only where the
 * comparison is certainly the outermost: it comes last, and nothing that binds weaker is in the expression.
 */
function withoutThreshold(expression: string): { measured: string; threshold?: Threshold } {
  const match = /^([\s\S]*\S)\s*(==|!=|>=|<=|>|<)\s*(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(expression);
  const [, measured, written, limit] = match ?? [];
  const operator = OPERATORS.find((each) => each === written);
  if (measured === undefined || operator === undefined) return { measured: expression };
  if (/\b(and|or|unless|bool)\b/i.test(expression) || !isBalanced(measured)) return { measured: expression };
  return { measured, threshold: { operator, limit: Number(limit), words: `${operator} ${limit}` } };
}

/** The line that a chart draws across; none for a limit that is no number of the scale. */
function drawnThreshold(threshold: Threshold | undefined): { threshold?: number } {
  return threshold !== undefined && Number.isFinite(threshold.limit) ? { threshold: threshold.limit } : {};
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
