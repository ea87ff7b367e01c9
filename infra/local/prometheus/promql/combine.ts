import {
  type Binary,
  calculations,
  type Matching,
  type Operator,
  QueryMistake,
  setOperators,
} from './expression.ts';
import { dropLabels, keepLabels, labelKey, NAME, type VectorSample } from './labels.ts';

/** Two sides of an operator; a bare number has no labels. */
export type Operand = number | VectorSample[];

/** https://prometheus.io/docs/prometheus/latest/querying/operators/, one to one. */
export function combine(expression: Binary, left: Operand, right: Operand): Operand {
  const { operator, returnsBool, matching } = expression;
  if (setOperators.some((each) => each === operator)) {
    if (typeof left === 'number' || typeof right === 'number') {
      throw new QueryMistake(
        'bad_data',
        `parse error: set operator "${operator}" not allowed in binary scalar expression`,
      );
    }
    return combineSets(operator, matching, left, right);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    if (!isCalculation(operator) && !returnsBool) {
      throw new QueryMistake('bad_data', 'parse error: comparisons between scalars must use BOOL modifier');
    }
    return calculate(operator, left, right);
  }
  if (typeof right === 'number') {
    return typeof left === 'number'
      ? []
      : pairUp(
          expression,
          left,
          () => right,
          ({ labels }) => labels,
        );
  }
  if (typeof left === 'number') {
    // A comparison with a number keeps the sample, on whichever side it stands.
    return right.flatMap(({ labels, value }) => outcome(expression, labels, left, value, value));
  }
  const others = new Map(right.map((sample) => [signature(matching, sample), sample]));
  if (others.size < right.length) throw ambiguous('right');
  const paired = left.filter((sample) => others.has(signature(matching, sample)));
  if (new Set(paired.map((sample) => signature(matching, sample))).size < paired.length)
    throw ambiguous('left');
  return pairUp(
    expression,
    paired,
    (sample) => others.get(signature(matching, sample))?.value ?? Number.NaN,
    ({ labels }) => (matching.on ? keepLabels(labels, matching.labels) : dropLabels(labels, matching.labels)),
  );
}

function ambiguous(side: string): QueryMistake {
  return new QueryMistake(
    'execution',
    `found duplicate series for the match group on the ${side} hand-side of the operation: matching labels must be unique`,
  );
}

function pairUp(
  expression: Binary,
  left: VectorSample[],
  other: (sample: VectorSample) => number,
  labelsOf: (sample: VectorSample) => VectorSample['labels'],
): VectorSample[] {
  return left.flatMap((sample) =>
    outcome(expression, labelsOf(sample), sample.value, other(sample), sample.value),
  );
}

/** A calculated sample loses its name; a comparison keeps or drops the whole sample. */
function outcome(
  { operator, returnsBool }: Binary,
  labels: VectorSample['labels'],
  left: number,
  right: number,
  kept: number,
): VectorSample[] {
  const value = calculate(operator, left, right);
  if (isCalculation(operator) || returnsBool) return [{ labels: dropLabels(labels, [NAME]), value }];
  return value === 1 ? [{ labels, value: kept }] : [];
}

function combineSets(
  operator: Operator,
  matching: Matching,
  left: VectorSample[],
  right: VectorSample[],
): VectorSample[] {
  const inLeft = new Set(left.map((sample) => signature(matching, sample)));
  const inRight = new Set(right.map((sample) => signature(matching, sample)));
  if (operator === 'or')
    return [...left, ...right.filter((sample) => !inLeft.has(signature(matching, sample)))];
  return left.filter((sample) => inRight.has(signature(matching, sample)) === (operator === 'and'));
}

function signature({ on, labels: names }: Matching, { labels }: VectorSample): string {
  return labelKey(on ? keepLabels(labels, names) : dropLabels(labels, [...names, NAME]));
}

function isCalculation(operator: Operator): boolean {
  return calculations.some((each) => each === operator);
}

function calculate(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ** b;
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '>':
      return Number(a > b);
    case '<':
      return Number(a < b);
    case '>=':
      return Number(a >= b);
    case '<=':
      return Number(a <= b);
    case 'and':
    case 'or':
    case 'unless':
      return Number.NaN;
  }
}
