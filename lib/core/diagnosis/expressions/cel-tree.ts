import type { ASTNode } from '@marcbachmann/cel-js';
import { findPatternMistake } from '../../shared/pattern.ts';

// Questions about a parsed CEL expression.

/** A part of an expression, and one sentence about it. */
type PartMistake = { message: string; at: number };

/**
 * The function that `matches` becomes. The engine's own one compiles patterns with JavaScript's RegExp, whose
 * time can grow exponentially, and allows no other function under its name.
 */
export const MATCHES = 'matches_in_linear_time';

const REPEATS = ['all', 'exists', 'exists_one', 'map', 'filter', 'bind'];
/** Each level multiplies the work by the length of a list. */
const MOST_NESTED = 3;

/** Makes every call of `matches` one of `MATCHES`. */
export function renameMatches(ast: ASTNode): void {
  for (const { op, args } of listNodes(ast)) {
    if (op === 'rcall' && args[0] === 'matches') args[0] = MATCHES;
  }
}

/** A pattern of `matches` that is not known before it runs, or is refused. */
export function findUnsafePattern(ast: ASTNode): PartMistake | undefined {
  for (const { op, args } of listNodes(ast)) {
    if (op !== 'rcall' || args[0] !== MATCHES) continue;
    const [pattern] = args[2];
    if (pattern === undefined) continue;
    const text = getText(pattern);
    if (text === undefined) {
      return {
        message: 'matches needs a pattern in quotes, so that it can be checked before it runs',
        at: pattern.start,
      };
    }
    const mistake = findPatternMistake(text);
    if (mistake !== undefined) return { message: `${JSON.stringify(text)} ${mistake}`, at: pattern.start };
  }
  return undefined;
}

/** Loops inside loops: their work grows with the product of their lists. */
export function findCostlyPart(ast: ASTNode): { message: string; node: ASTNode } | undefined {
  const node = findNestedDeeper(ast, MOST_NESTED);
  const message = `more than ${MOST_NESTED} of ${REPEATS.join(', ')} stand inside one another`;
  return node && { message, node };
}

/** The list that a loop runs over is read before the loop, so it adds no level to it. */
function findNestedDeeper(node: ASTNode, left: number): ASTNode | undefined {
  if (node.op !== 'rcall' || !REPEATS.includes(node.args[0])) return findAmong(childrenOf(node), left);
  if (left === 0) return node;
  const [, receiver, inside] = node.args;
  return findNestedDeeper(receiver, left) ?? findAmong(inside, left - 1);
}

function findAmong(nodes: ASTNode[], left: number): ASTNode | undefined {
  for (const node of nodes) {
    const found = findNestedDeeper(node, left);
    if (found) return found;
  }
  return undefined;
}

/** `labels.a`, `labels["a"]`, `"a" in labels`: the members of a map that an expression names, with positions. */
export function findMembers(ast: ASTNode, map: string): { name: string; at: number }[] {
  return listNodes(ast).flatMap((node) => {
    const name = findMember(node, map);
    return name === undefined ? [] : [{ name, at: node.start }];
  });
}

function findMember(node: ASTNode, map: string): string | undefined {
  if (node.op === '.' || node.op === '.?') return isNamed(node.args[0], map) ? node.args[1] : undefined;
  if (node.op === '[]' || node.op === '[?]') {
    return isNamed(node.args[0], map) ? getText(node.args[1]) : undefined;
  }
  return node.op === 'in' && isNamed(node.args[1], map) ? getText(node.args[0]) : undefined;
}

export function isNamed(node: ASTNode, name: string): boolean {
  return node.op === 'id' && node.args === name;
}

function getText(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** A node and all its descendants, in the order of the text. */
export function listNodes(node: ASTNode): ASTNode[] {
  return [node, ...childrenOf(node).flatMap(listNodes)];
}

function childrenOf({ args }: ASTNode): ASTNode[] {
  return [args].flat(3).filter(isNode);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
