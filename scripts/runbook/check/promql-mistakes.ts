import type { TextMistake } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { brokenIn, childNamed, functionName, type PromqlNode, parsePromql } from './promql-tree.ts';

/** https://prometheus.io/docs/prometheus/latest/querying/functions/ */
const READS_RANGE =
  /^(?:rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear|double_exponential_smoothing|holt_winters|\w+_over_time)$/;
/** Nodes that may stand around a range without changing it. */
const TRANSPARENT = /^(?:ParenExpr|OffsetExpr|StepInvariantExpr)$/;
const RANGE = /^(?:MatrixSelector|SubqueryExpr)$/;

/**
 * Prometheus' reasons to refuse a query. First the grammar. Then ranges, of which the grammar knows nothing: they must
 * stand in the functions that read one and nowhere else.
 */
export function promqlMistakes(query: string): TextMistake[] {
  const tree = parsePromql(query);
  const broken = brokenIn(tree);
  return broken ? [syntaxMistake(query, broken.from)] : rangeMistakes(tree, false);
}

function syntaxMistake(query: string, at: number): TextMistake {
  const rest = query.slice(at).trim();
  if (rest === '') return { message: 'not valid PromQL: it ends too early', at: query.trimEnd().length };
  const called = rest.startsWith('(') ? /([a-zA-Z_]\w*)\s*$/.exec(query.slice(0, at)) : null;
  if (called) return { message: `not valid PromQL: there is no function ${called[1]}`, at: called.index };
  return { message: `not valid PromQL at ${JSON.stringify(rest.slice(0, 30))}`, at };
}

/** `welcome`: a range may stand here. */
function rangeMistakes(node: PromqlNode, welcome: boolean): TextMistake[] {
  const { name, from, children } = node;
  const mistakes: TextMistake[] = [];
  let inside = TRANSPARENT.test(name) && welcome;
  if (RANGE.test(name) && !welcome) {
    mistakes.push({ message: 'a range may only stand in a function that reads one, like rate', at: from });
  }
  if (name === 'FunctionCallBody') inside = welcome;
  if (name === 'FunctionCall') {
    const called = functionName(node);
    inside = READS_RANGE.test(called);
    if (inside && !childNamed(node, 'FunctionCallBody')?.children.some(isRange)) {
      mistakes.push({ message: `${called} reads a range, like ${called}(metric[5m])`, at: from });
    }
  }
  return [...mistakes, ...children.flatMap((child) => rangeMistakes(child, inside))];
}

function isRange({ name, children }: PromqlNode): boolean {
  return RANGE.test(name) || (TRANSPARENT.test(name) && children.some(isRange));
}
