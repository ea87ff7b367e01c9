import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A node of Prometheus' own grammar: `AggregateExpr`, `VectorSelector`; `from` is its position in the query. */
export type PromqlNode = {
  name: string;
  text: string;
  from: number;
  /** True if the text here is not PromQL, or is missing. */
  broken: boolean;
  children: PromqlNode[];
};

/** The query as a tree. It always parses; invalid parts are in nodes that are `broken`. */
export function parsePromql(query: string): PromqlNode {
  return nodeOf(parser.parse(query).topNode, query);
}

export function childNamed(node: PromqlNode | undefined, name: string): PromqlNode | undefined {
  return node?.children.find((child) => child.name === name);
}

/** The called function, in small letters: `rate` of `rate(x[5m])`. */
export function functionName(call: PromqlNode): string {
  return childNamed(call, 'FunctionIdentifier')?.text ?? '';
}

/** The first node that is not PromQL. */
export function brokenIn(node: PromqlNode): PromqlNode | undefined {
  if (node.broken) return node;
  for (const child of node.children) {
    const broken = brokenIn(child);
    if (broken) return broken;
  }
  return undefined;
}

function nodeOf(node: SyntaxNode, query: string): PromqlNode {
  const children: PromqlNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(nodeOf(child, query));
  const { name, from, to, type } = node;
  return { name, from, text: query.slice(from, to), broken: type.isError, children };
}
