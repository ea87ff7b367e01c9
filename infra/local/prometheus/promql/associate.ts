import type { Binary, Expression, Operator } from './expression.ts';

/** An operator between two operands. */
export type Link = Omit<Binary, 'kind' | 'left' | 'right'>;

/** The higher binds first. */
const strengths: Record<Operator, number> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

/** Makes a tree of operands with an operator between any two; from the left, except for `^`. */
export function associate(operands: Expression[], links: Link[]): Expression {
  const waiting = [...links];
  const rest = [...operands];
  function climb(weakest: number): Expression {
    let left = rest.shift() ?? { kind: 'number', value: Number.NaN };
    for (let link = waiting[0]; link && strengths[link.operator] >= weakest; link = waiting[0]) {
      waiting.shift();
      const right = climb(strengths[link.operator] + (link.operator === '^' ? 0 : 1));
      left = { kind: 'binary', ...link, left, right };
    }
    return left;
  }
  return climb(0);
}
