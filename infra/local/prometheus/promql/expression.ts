import type { Millis } from '../../../../lib/core/shared/time.ts';

/** A missing label has the empty text as its value. `equals`: the only value that matches, if there is one. */
export type LabelMatcher = { label: string; matches(value: string): boolean; equals?: string };

/** With a range: all samples of that length up to now, for functions only. */
export type Selector = { kind: 'selector'; matchers: LabelMatcher[]; offset: Millis; range?: Millis };

export const comparisons = ['==', '!=', '>', '<', '>=', '<='] as const;
export const calculations = ['+', '-', '*', '/', '%', '^'] as const;
export const setOperators = ['and', 'or', 'unless'] as const;
export type Operator =
  | (typeof comparisons)[number]
  | (typeof calculations)[number]
  | (typeof setOperators)[number];

/** The labels that two sides must share: these alone, or all but these. */
export type Matching = { on: boolean; labels: string[] };

export type Binary = {
  kind: 'binary';
  operator: Operator;
  /** A comparison that answers 0 or 1 and drops nothing. */
  returnsBool: boolean;
  matching: Matching;
  left: Expression;
  right: Expression;
};

export type Aggregation = {
  kind: 'aggregation';
  operator: string;
  grouping: { without: boolean; labels: string[] };
  /** The k of topk. */
  parameter?: Expression;
  of: Expression;
};

/** The part of PromQL that this evaluator knows, as a tree. */
export type Expression =
  | { kind: 'number'; value: number }
  | Selector
  | { kind: 'negated'; of: Expression }
  | { kind: 'call'; name: string; args: Expression[] }
  | Aggregation
  | Binary;

/** `bad_data`: the query is invalid. `execution`: it cannot be evaluated. Prometheus' own names. */
export class QueryMistake extends Error {
  override name = 'QueryMistake';
  readonly errorType: 'bad_data' | 'execution';

  constructor(errorType: QueryMistake['errorType'], message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** Valid PromQL that only the real Prometheus evaluates. */
export function beyondUs(what: string): QueryMistake {
  return new QueryMistake(
    'execution',
    `this stand-in for Prometheus does not know ${what}; npm start uses the real one when prometheus and promtool are on PATH`,
  );
}
