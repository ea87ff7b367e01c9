import { brokenIn, childNamed, functionName, type PromqlNode, parsePromql } from '../check/promql-tree.ts';

/** The labels that results can have at most; `undefined` where only the metrics could tell. */
type Labels = ReadonlySet<string> | undefined;

const NONE: Labels = new Set();
/** These select some of their input and do not change its labels. */
const PICKS = /^(?:topk|bottomk|limitk|limit_ratio)$/;
const SCALAR = /^(?:scalar|time|pi)$/;
const OPERAND = /^(?!DurationExpr|OffsetDurationExpr)\w*(?:Expr|Selector|Literal|FunctionCall)$/;

/** The labels that the results of an expression can have at most, if the expression alone determines them. */
export function outputLabels(expression: string): Labels {
  const tree = parsePromql(expression);
  const [root] = operandsOf(tree);
  return root && !brokenIn(tree) ? labelsOf(root) : undefined;
}

function labelsOf(node: PromqlNode): Labels {
  switch (node.name) {
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return NONE;
    case 'AggregateExpr':
      return ofAggregation(node);
    case 'FunctionCall':
      return ofCall(node);
    case 'BinaryExpr':
      return ofBinary(node);
    case 'ParenExpr':
    case 'UnaryExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr': {
      const [inner] = operandsOf(node);
      return inner && labelsOf(inner);
    }
    default:
      return undefined;
  }
}

function ofAggregation(node: PromqlNode): Labels {
  const operator = childNamed(node, 'AggregateOp')?.text.toLowerCase() ?? '';
  const values = argumentsOf(node);
  const last = values.at(-1);
  const input = last && labelsOf(last);
  if (PICKS.test(operator)) return input;
  const modifier = childNamed(node, 'AggregateModifier');
  const named = labelNames(childNamed(modifier, 'GroupingLabels'));
  if (childNamed(modifier, 'Without')) return without(input, named);
  const counted = operator === 'count_values' && values[0] ? [unquoted(values[0].text)] : [];
  return new Set([...named, ...counted]);
}

function ofCall(node: PromqlNode): Labels {
  const name = functionName(node);
  const values = argumentsOf(node);
  const [first, second] = values;
  if (name === 'info') return undefined;
  if (first === undefined || SCALAR.test(name) || name === 'vector') return NONE;
  if (/^absent(?:_over_time)?$/.test(name)) return labelsAskedFor(first);
  const all = union(values.map(labelsOf));
  if (/^histogram_(?:quantile|fraction)$/.test(name)) return without(all, ['le']);
  return /^label_(?:replace|join)$/.test(name) && second
    ? union([all, new Set([unquoted(second.text)])])
    : all;
}

/** `absent(x{a="b"})` has only the labels of its equality matchers. */
function labelsAskedFor(node: PromqlNode): Labels {
  const selector = childNamed(node, 'VectorSelector') ?? node;
  const equal = (childNamed(selector, 'LabelMatchers')?.children ?? []).filter((matcher) =>
    childNamed(childNamed(matcher, 'MatchOp'), 'EqlSingle'),
  );
  return new Set(equal.flatMap(({ children: [label] }) => (label ? [unquoted(label.text)] : [])));
}

/** https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching */
function ofBinary(node: PromqlNode): Labels {
  const [left, right] = operandsOf(node);
  if (!left || !right) return undefined;
  if (isScalar(left)) return labelsOf(right);
  if (isScalar(right)) return labelsOf(left);
  if (childNamed(node, 'And') ?? childNamed(node, 'Unless')) return labelsOf(left);
  if (childNamed(node, 'Or')) return union([labelsOf(left), labelsOf(right)]);

  const matching = childNamed(node, 'MatchingModifierClause');
  // Matching sides have the same labels.
  const same = labelsOf(left) ?? labelsOf(right);
  if (!matching) return same;
  const lists = matching.children.filter(({ name }) => name === 'GroupingLabels').map(labelNames);
  const [matched = [], included = []] = lists;
  if (childNamed(matching, 'GroupLeft')) return union([labelsOf(left), new Set(included)]);
  if (childNamed(matching, 'GroupRight')) return union([labelsOf(right), new Set(included)]);
  return childNamed(matching, 'On') ? new Set(matched) : without(same, matched);
}

function isScalar(node: PromqlNode): boolean {
  if (node.name === 'FunctionCall') return SCALAR.test(functionName(node));
  if (!/^(?:ParenExpr|UnaryExpr|BinaryExpr)$/.test(node.name)) return node.name === 'NumberDurationLiteral';
  return operandsOf(node).every(isScalar);
}

/** The expressions directly inside another one. */
function operandsOf({ children }: PromqlNode): PromqlNode[] {
  return children.filter(({ name }) => OPERAND.test(name));
}

function argumentsOf(node: PromqlNode): PromqlNode[] {
  const body = childNamed(node, 'FunctionCallBody');
  return body ? operandsOf(body) : [];
}

function labelNames(list: PromqlNode | undefined): string[] {
  return (list?.children ?? []).map(({ text }) => unquoted(text));
}

function union(all: Labels[]): Labels {
  const known = all.filter((labels) => labels !== undefined);
  return known.length < all.length ? undefined : new Set(known.flatMap((labels) => [...labels]));
}

function without(labels: Labels, dropped: string[]): Labels {
  return labels && new Set([...labels].filter((label) => !dropped.includes(label)));
}

function unquoted(text: string): string {
  return text.replace(/^(["'`])(.*)\1$/s, '$2');
}
