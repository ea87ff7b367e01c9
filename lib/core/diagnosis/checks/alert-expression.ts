import type { AlertDetail } from '../../alert/alert.ts';
import { getLabel } from '../../alert/labels.ts';
import { clipMiddle, isClipped } from '../../shared/clip.ts';
import { HOUR, MINUTE, type Millis, SECOND } from '../../shared/time.ts';
import { formatDurationText, formatNumber } from '../expressions/format-value.ts';
import { cleanSentence } from '../findings/clean-cell.ts';
import type { Finding } from '../findings/finding.ts';
import type { Series } from './probe.ts';
import { readRange } from './read-promql.ts';
import type { ReadContext } from './reading.ts';
import { toSeriesEvidence } from './series-summary.ts';

const MAX_EXPRESSIONS = 3;
const MAX_EXPRESSION = 4_000;
/** Characters of an expression in a sentence, which also has its numbers. */
const MAX_SHOWN = 300;

/** Timeout of the expression, and the time range that is read. */
export const EXPRESSION_TIMEOUT = 4 * SECOND;
const WINDOW = HOUR;
/** Two steps of the series: an older last value is not current. */
const CURRENT = 2 * MINUTE;

const OPERATORS = ['==', '!=', '>=', '<=', '>', '<'] as const;
/** The limit that a value is compared with, and its text in the expression. */
type Threshold = { operator: (typeof OPERATORS)[number]; limit: number; words: string };

/** The distinct expressions of these alerts: `g0.expr` of their generatorURL. At most three. */
export function extractExpressions(alerts: AlertDetail[]): string[] {
  const found = new Set<string>();
  for (const { generatorURL } of alerts) {
    if (found.size >= MAX_EXPRESSIONS) break;
    // A link that was cut does not hold the whole expression.
    if (isClipped(generatorURL) || !URL.canParse(generatorURL)) continue;
    const expression = new URL(generatorURL).searchParams.get('g0.expr')?.trim();
    if (expression && expression.length <= MAX_EXPRESSION) found.add(expression);
  }
  return [...found];
}

/**
 * Reads the alert's own expression over the last hour, with or without a runbook. It needs attention while
 * the alert would fire on it, so that a resolve shows values before and after.
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
  const { measured, threshold } = splitThreshold(expression);
  const answer = prometheus
    ? await readRange(measured, WINDOW, context, prometheus)
    : ({ kind: 'failed', reason: 'PROMETHEUS_URL is not set' } as const);
  if (answer.kind === 'failed') {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(answer.reason) };
  }
  const shown = clipMiddle(cleanSentence(measured), MAX_SHOWN);
  const about = selectOwnSeries(answer.value, context.eachLabels ?? [context.labels]);
  if (about.length === 0 && answer.value.length > 0) {
    return { ...base, verdict: 'unchecked', sentence: cleanSentence(`no series of this alert in ${shown}`) };
  }
  const firing = about.filter((series) => isFiringNow(series, threshold, context));
  const evidence = toSeriesEvidence(firing.length > 0 ? firing : about);
  if (evidence?.kind !== 'series') {
    return { ...base, verdict: 'normal', sentence: cleanSentence(`no value in the last hour: ${shown}`) };
  }
  const first = evidence.points[0]?.[0] ?? context.at;
  const since = context.at - first < WINDOW - 2 * MINUTE ? 'since it appeared' : 'over the last hour';
  const range = `min ${formatNumber(evidence.min)} · max ${formatNumber(evidence.max)} ${since}`;
  const limit = findThresholdWords(expression);
  const firesAt = limit === undefined ? '' : ` (alerts at ${limit})`;
  return {
    ...base,
    verdict: firing.length > 0 ? 'attention' : 'normal',
    // The number comes first: a short message cuts the rest.
    sentence: cleanSentence(`${formatLastValue(evidence, context)}${firesAt} · ${range}: ${shown}`),
    evidence: { ...evidence, ...toChartThreshold(threshold) },
  };
}

/** `now 11`, or how long ago the last value was: a filtering expression has none once its condition fails. */
function formatLastValue(
  { points, last }: { points: Series['points']; last: number },
  context: ReadContext,
): string {
  const at = points.at(-1)?.[0] ?? context.at;
  if (isCurrent(at, context)) return `now ${formatNumber(last)}`;
  return `last ${formatNumber(last)}, ${formatDurationText((context.at - at) / SECOND)} ago`;
}

/** Whether the alert would fire on this series now: its last value is current and meets the threshold. */
function isFiringNow({ points }: Series, threshold: Threshold | undefined, context: ReadContext): boolean {
  const last = points.findLast(([, value]) => Number.isFinite(value));
  if (last === undefined || !isCurrent(last[0], context)) return false;
  return threshold === undefined || meetsThreshold(last[1], threshold);
}

function isCurrent(at: Millis, context: ReadContext): boolean {
  return context.at - at <= CURRENT;
}

function meetsThreshold(value: number, { operator, limit }: Threshold): boolean {
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
 * Selects the series of these alerts; without its threshold, an expression also returns healthy targets. An
 * alert has its series' labels, overwritten by the rule's labels and external ones. So a series matches if no
 * label in both differs. Labels that rules usually overwrite are compared only if a series remains.
 * docs/adr/0020.
 */
function selectOwnSeries(all: Series[], alerts: Labels[]): Series[] {
  const select = (overwritten: ReadonlySet<string>) =>
    all.filter(({ labels }) => alerts.some((alert) => labelsAgree(labels, alert, overwritten)));
  const strict = select(ALWAYS_OVERWRITTEN);
  return strict.length > 0 ? strict : select(MOSTLY_OVERWRITTEN);
}

type Labels = Readonly<Record<string, string>>;

const ALWAYS_OVERWRITTEN = new Set(['__name__', 'alertname']);
const MOSTLY_OVERWRITTEN = new Set([...ALWAYS_OVERWRITTEN, 'severity']);

function labelsAgree(series: Labels, alert: Labels, overwritten: ReadonlySet<string>): boolean {
  return Object.entries(series).every(([name, value]) => {
    const own = getLabel(alert, name) ?? '';
    // Prometheus treats a label with an empty value as absent.
    if (overwritten.has(name) || own === '' || value === '') return true;
    return isClipped(own) ? value.startsWith(own.slice(0, -1)) : value === own;
  });
}

/**
 * Drops the final comparison, because it leaves only points where it holds: `x == 0` is read as `x`. Only if
 * the comparison is certainly outermost: it comes last, and nothing in the expression binds weaker.
 */
function splitThreshold(expression: string): { measured: string; threshold?: Threshold } {
  const found = /\b(and|or|unless|bool)\b/i.test(expression) ? undefined : findLastComparison(expression);
  return found ?? { measured: expression };
}

function findLastComparison(expression: string): { measured: string; threshold: Threshold } | undefined {
  const match = /^([\s\S]*\S)\s*(==|!=|>=|<=|>|<)\s*(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(expression);
  const [, measured, written, limit] = match ?? [];
  const operator = OPERATORS.find((each) => each === written);
  if (measured === undefined || operator === undefined || !isBalanced(measured)) return undefined;
  return { measured, threshold: { operator, limit: Number(limit), words: `${operator} ${limit}` } };
}

/** `< 3` of `(x < 3 and y == 0)`: what the value is compared with, where `and` only adds conditions. */
function findThresholdWords(expression: string): string | undefined {
  const inner = stripBrackets(expression);
  if (/\b(or|bool)\b/i.test(inner)) return undefined;
  const [first = ''] = inner.split(/\s(?:and|unless)\s/i);
  return findLastComparison(stripBrackets(first))?.threshold.words;
}

function stripBrackets(expression: string): string {
  const inner = expression.trim();
  const within = inner.slice(1, -1);
  return inner.startsWith('(') && inner.endsWith(')') && isBalanced(within) ? stripBrackets(within) : inner;
}

/** The threshold line of a chart; none for a limit that is not finite. */
function toChartThreshold(threshold: Threshold | undefined): { threshold?: number } {
  return threshold !== undefined && Number.isFinite(threshold.limit) ? { threshold: threshold.limit } : {};
}

/**
 * Whether every bracket is closed, so that what follows is outermost. Brackets in strings count too: no chart
 * is better than a wrong one.
 */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
