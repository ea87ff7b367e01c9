import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { TextMistake } from '../../lib/core/diagnosis/cel.ts';

/** https://prometheus.io/docs/prometheus/latest/querying/functions/ */
const READS_RANGE =
  /^(?:rate|irate|increase|delta|idelta|deriv|changes|resets|predict_linear|double_exponential_smoothing|holt_winters|\w+_over_time)$/;
/** What may stand around a range without making it anything else. */
const TRANSPARENT = new Set(['ParenExpr', 'OffsetExpr', 'StepInvariantExpr']);
const RANGES = new Set(['MatrixSelector', 'SubqueryExpr']);

/**
 * Why Prometheus would refuse a query. The grammar comes first; where it is kept, ranges must stand in the functions
 * that read one and nowhere else, which the grammar does not know.
 */
export function promqlMistakes(query: string): TextMistake[] {
  const nodes = nodesOf(parser.parse(query).topNode);
  const broken = nodes.find((node) => node.type.isError);
  if (broken) return [syntaxMistake(query, broken.from)];
  return nodes.flatMap((node) => {
    if (node.name === 'FunctionCall') return missingRange(query, node);
    return RANGES.has(node.name) ? strayRange(query, node) : [];
  });
}

function nodesOf(node: SyntaxNode): SyntaxNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function syntaxMistake(query: string, at: number): TextMistake {
  const rest = query.slice(at).trim();
  if (rest === '') return { message: 'not valid PromQL: it ends too early', at: query.trimEnd().length };
  const called = rest.startsWith('(') ? /([a-zA-Z_]\w*)\s*$/.exec(query.slice(0, at)) : null;
  if (called) return { message: `not valid PromQL: there is no function ${called[1]}`, at: called.index };
  return { message: `not valid PromQL at ${JSON.stringify(rest.slice(0, 30))}`, at };
}

function missingRange(query: string, call: SyntaxNode): TextMistake[] {
  const name = functionName(query, call);
  const values = call.getChild('FunctionCallBody');
  if (!READS_RANGE.test(name) || (values && childrenOf(values).some(isRange))) return [];
  return [{ message: `${name} reads a range, like ${name}(metric[5m])`, at: call.from }];
}

function isRange(node: SyntaxNode): boolean {
  if (RANGES.has(node.name)) return true;
  return TRANSPARENT.has(node.name) && childrenOf(node).some(isRange);
}

function strayRange(query: string, range: SyntaxNode): TextMistake[] {
  let around = range.parent;
  while (around && TRANSPARENT.has(around.name)) around = around.parent;
  const call = around?.name === 'FunctionCallBody' ? around.parent : undefined;
  if (call?.name === 'FunctionCall' && READS_RANGE.test(functionName(query, call))) return [];
  return [{ message: 'a range may only stand in a function that reads one, like rate', at: range.from }];
}

function functionName(query: string, call: SyntaxNode): string {
  const name = call.getChild('FunctionIdentifier');
  return name ? query.slice(name.from, name.to) : '';
}
