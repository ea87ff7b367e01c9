import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { compilePattern } from '../../../../lib/core/shared/pattern.ts';
import { associate, type Link } from './associate.ts';
import {
  type Aggregation,
  beyondUs,
  calculations,
  comparisons,
  type Expression,
  type LabelMatcher,
  type Matching,
  QueryMistake,
  type Selector,
  setOperators,
} from './expression.ts';
import { durationOf, numberOf, textOf } from './literals.ts';

const unknownParts: Record<string, string> = {
  StringLiteral: 'texts as arguments',
  SubqueryExpr: 'subqueries',
  StepInvariantExpr: 'the modifier @',
};

/** Parses PromQL with Prometheus' own grammar. Throws a QueryMistake for invalid or unsupported PromQL. */
export function parsePromql(text: string): Expression {
  const tree = parser.parse(text);
  tree.iterate({
    enter({ type, from }) {
      if (!type.isError) return;
      const rest = text.slice(from, from + 20).trim();
      const what = rest === '' ? 'unexpected end of input' : `unexpected ${JSON.stringify(rest)}`;
      throw new QueryMistake('bad_data', `1:${from + 1}: parse error: ${what}`);
    },
  });
  const [whole] = childrenOf(tree.topNode);
  if (whole === undefined) throw new QueryMistake('bad_data', 'parse error: no expression found in input');
  return expressionOf(whole, text);
}

function expressionOf(node: SyntaxNode, text: string): Expression {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(output(node, text)) };
    case 'ParenExpr':
      return expressionOf(child(node, 0), text);
    case 'UnaryExpr': {
      const of = expressionOf(child(node, 1), text);
      return output(child(node, 0), text) === '-' ? { kind: 'negated', of } : of;
    }
    case 'VectorSelector':
      return { kind: 'selector', matchers: matchersOf(node, text), offset: 0 };
    case 'MatrixSelector':
      return { ...selectorOf(child(node, 0), text), range: lengthOf(child(node, 1), text) };
    case 'OffsetExpr':
      return chainOf(node, text);
    case 'FunctionCall':
      return { kind: 'call', name: output(child(node, 0), text), args: argumentsOf(child(node, 1), text) };
    case 'AggregateExpr':
      return aggregationOf(node, text);
    case 'BinaryExpr':
      return chainOf(node, text);
    default:
      throw beyondUs(unknownParts[node.name] ?? node.name);
  }
}

function selectorOf(node: SyntaxNode, text: string): Selector {
  const inner = expressionOf(node, text);
  if (inner.kind === 'selector') return inner;
  throw new QueryMistake('bad_data', 'parse error: a range or an offset must follow a selector');
}

function matchersOf(node: SyntaxNode, text: string): LabelMatcher[] {
  const matchers: LabelMatcher[] = [];
  const name = node.getChild('Identifier');
  if (name) matchers.push(equalTo('__name__', output(name, text)));
  for (const matcher of childrenOf(node.getChild('LabelMatchers'))) {
    if (matcher.name !== 'UnquotedLabelMatcher') throw beyondUs('quoted label names');
    const [label, operator, value] = [0, 1, 2].map((at) => output(child(matcher, at), text));
    matchers.push(matcherOf(label ?? '', operator ?? '', textOf(value ?? '')));
  }
  if (matchers.every(({ matches }) => matches(''))) {
    throw new QueryMistake(
      'bad_data',
      'parse error: a selector needs a matcher that the empty text does not match',
    );
  }
  return matchers;
}

function matcherOf(label: string, operator: string, value: string): LabelMatcher {
  if (operator === '=') return equalTo(label, value);
  if (operator === '!=') return { label, matches: (actual) => actual !== value };
  // Unlike Alertmanager, Prometheus lets `.` stand for a line break.
  const pattern = compilePattern(value, { whole: true, dotAll: true });
  if ('mistake' in pattern) {
    throw new QueryMistake('bad_data', `parse error: ${JSON.stringify(value)} ${pattern.mistake}`);
  }
  const wanted = operator === '=~';
  return { label, matches: (actual) => pattern.test(actual) === wanted };
}

function equalTo(label: string, value: string): LabelMatcher {
  return { label, matches: (actual) => actual === value, equals: value };
}

function lengthOf(node: SyntaxNode, text: string): number {
  const [first, second] = childrenOf(node);
  if (first?.name === 'NumberDurationLiteralInDurationContext') return durationOf(output(first, text));
  if (first?.name === 'UnaryOp' && second)
    return (output(first, text) === '-' ? -1 : 1) * lengthOf(second, text);
  throw beyondUs('calculated lengths of time');
}

function argumentsOf(body: SyntaxNode, text: string): Expression[] {
  return childrenOf(body).map((each) => expressionOf(each, text));
}

function aggregationOf(node: SyntaxNode, text: string): Aggregation {
  const operator = output(child(node, 0), text).toLowerCase();
  const body = node.getChild('FunctionCallBody');
  const args = body ? argumentsOf(body, text) : [];
  const of = args.at(-1);
  const [parameter] = args.length === 2 ? args : [];
  if (of === undefined || args.length > 2) {
    throw new QueryMistake('bad_data', `parse error: wrong number of arguments for ${operator}`);
  }
  const modifier = node.getChild('AggregateModifier');
  const grouping = {
    without: Boolean(modifier?.getChild('Without')),
    labels: labelsOf(modifier?.getChild('GroupingLabels'), text),
  };
  return { kind: 'aggregation', operator, grouping, of, parameter };
}

/**
 * Operands and the operators between them. An offset belongs to the last operand only, but Prometheus' grammar for
 * editors applies it to everything before it. So the operands are joined again, by the precedence of their operators.
 */
function chainOf(node: SyntaxNode, text: string): Expression {
  const operands: Expression[] = [];
  const links: Link[] = [];
  function gather(each: SyntaxNode, offset: number | undefined): void {
    if (each.name === 'OffsetExpr') gather(child(each, 0), lengthOf(child(each, 2), text));
    else if (each.name === 'BinaryExpr') {
      gather(child(each, 0), undefined);
      links.push(linkOf(each, text));
      gather(childrenOf(each).at(-1) ?? each, offset);
    } else operands.push(offset === undefined ? expressionOf(each, text) : shiftedBy(offset, each, text));
  }
  gather(node, undefined);
  return associate(operands, links);
}

function shiftedBy(offset: number, node: SyntaxNode, text: string): Expression {
  if (node.name !== 'UnaryExpr') return { ...selectorOf(node, text), offset };
  const of = shiftedBy(offset, child(node, 1), text);
  return output(child(node, 0), text) === '-' ? { kind: 'negated', of } : of;
}

function linkOf(node: SyntaxNode, text: string): Link {
  const written = output(child(node, 1), text).toLowerCase();
  const operator = [...comparisons, ...calculations, ...setOperators].find((each) => each === written);
  if (operator === undefined || node.getChild('FillModifier')) throw beyondUs(`the operator ${written}`);
  return {
    operator,
    returnsBool: node.getChild('BoolModifier') !== null,
    matching: matchingOf(node.getChild('MatchingModifierClause'), text),
  };
}

function matchingOf(clause: SyntaxNode | null, text: string): Matching {
  if (clause === null) return { on: false, labels: [] };
  if (clause.getChild('GroupLeft') ?? clause.getChild('GroupRight'))
    throw beyondUs('group_left and group_right');
  return {
    on: clause.getChild('On') !== null,
    labels: labelsOf(clause.getChild('GroupingLabels'), text),
  };
}

function labelsOf(grouping: SyntaxNode | null | undefined, text: string): string[] {
  return childrenOf(grouping).map((label) => {
    if (label.name !== 'LabelName') throw beyondUs('quoted label names');
    return output(label, text);
  });
}

function childrenOf(node: SyntaxNode | null | undefined): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let each = node?.firstChild; each; each = each.nextSibling) children.push(each);
  return children;
}

function child(node: SyntaxNode, at: number): SyntaxNode {
  const found = childrenOf(node)[at];
  if (found === undefined) throw new QueryMistake('bad_data', `parse error: ${node.name} is incomplete`);
  return found;
}

function output(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}
