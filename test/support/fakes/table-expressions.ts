import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What an expression is read against: an item, and the names and values of its request. */
type Given = {
  item: Readonly<Record<string, AttributeValue>>;
  names: Readonly<Record<string, string>>;
  values: Readonly<Record<string, AttributeValue>>;
};
type Condition = (given: Given) => boolean;
type Operand = (given: Given) => AttributeValue | undefined;

/** Words and signs; `content.#to` is one word. */
const TOKEN = /\s*(<=|>=|<>|[=<>(),]|[:#\w.]+)/y;

const parsed = new Map<string, Condition>();

/** A condition, filter or key condition in DynamoDB's language, as far as lib/adapters/dynamodb speaks it. Throws for more. */
export function readCondition(text: string): Condition {
  const known = parsed.get(text);
  if (known) return known;
  const tokens = createTokens(text);
  const condition = readOr(tokens);
  tokens.end();
  parsed.set(text, condition);
  return condition;
}

type Tokens = {
  peek(): string | undefined;
  next(): string;
  accept(token: string): boolean;
  expect(token: string): void;
  end(): void;
};

export function createTokens(text: string): Tokens {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match?.[1]) throw new Error(`the table in memory cannot read: ${text}`);
    found.push(match[1]);
  }
  let at = 0;
  function fail(): never {
    throw new Error(`the table in memory cannot read ${found[at] ?? 'the end'} in: ${text}`);
  }
  const tokens: Tokens = {
    peek: () => found[at],
    next: () => found[at++] ?? fail(),
    accept(token) {
      if (found[at]?.toUpperCase() !== token) return false;
      at += 1;
      return true;
    },
    expect: (token) => void (tokens.accept(token) || fail()),
    end: () => void (at === found.length || fail()),
  };
  return tokens;
}

function readOr(tokens: Tokens): Condition {
  const parts = [readAnd(tokens)];
  while (tokens.accept('OR')) parts.push(readAnd(tokens));
  return (given) => parts.some((each) => each(given));
}

function readAnd(tokens: Tokens): Condition {
  const parts = [readNot(tokens)];
  while (tokens.accept('AND')) parts.push(readNot(tokens));
  return (given) => parts.every((each) => each(given));
}

function readNot(tokens: Tokens): Condition {
  if (tokens.accept('NOT')) {
    const negated = readNot(tokens);
    return (given) => !negated(given);
  }
  if (tokens.accept('(')) {
    const inner = readOr(tokens);
    tokens.expect(')');
    return inner;
  }
  return readComparison(tokens);
}

function readComparison(tokens: Tokens): Condition {
  const word = tokens.peek();
  if (word === 'attribute_exists' || word === 'attribute_not_exists' || word === 'begins_with') {
    const [of, start] = readArguments(tokens);
    if (word === 'begins_with')
      return (given) => (of?.(given)?.S ?? '').startsWith(start?.(given)?.S ?? '\0');
    return (given) => (of?.(given) !== undefined) === (word === 'attribute_exists');
  }
  const left = readOperand(tokens);
  if (tokens.accept('BETWEEN')) {
    const low = readOperand(tokens);
    tokens.expect('AND');
    const high = readOperand(tokens);
    return (given) => isOrdered(low(given), left(given)) && isOrdered(left(given), high(given));
  }
  if (tokens.accept('IN')) {
    tokens.expect('(');
    const among = readList(tokens);
    return (given) => among.some((each) => compare(left(given), each(given)) === 0);
  }
  const sign = tokens.next();
  const right = readOperand(tokens);
  return (given) => {
    const order = compare(left(given), right(given));
    if (sign === '<>') return order !== 0;
    if (order === undefined) return false;
    return order === 0 ? /^(=|<=|>=)$/.test(sign) : sign.startsWith(order < 0 ? '<' : '>');
  };
}

/** A path, a value, `size(path)` or `if_not_exists(path, value)`. */
export function readOperand(tokens: Tokens): Operand {
  const word = tokens.peek() ?? '';
  if (word === 'size') {
    const [of] = readArguments(tokens);
    return (given) => ({ N: String(sizeOf(of?.(given))) });
  }
  if (word === 'if_not_exists') {
    const [first, second] = readArguments(tokens);
    return (given) => first?.(given) ?? second?.(given);
  }
  tokens.next();
  if (word.startsWith(':')) return ({ values }) => values[word];
  const [first = '', ...fields] = word.split('.');
  return ({ item, names }) => {
    let value = item[toName(first, names)];
    for (const field of fields) value = value?.M?.[toName(field, names)];
    return value;
  };
}

function readArguments(tokens: Tokens): Operand[] {
  tokens.next();
  tokens.expect('(');
  return readList(tokens);
}

function readList(tokens: Tokens): Operand[] {
  const operands = [readOperand(tokens)];
  while (tokens.accept(',')) operands.push(readOperand(tokens));
  tokens.expect(')');
  return operands;
}

/** The names of a document path, those of the request put in. */
export function toPath(path: string, names: Readonly<Record<string, string>>): string[] {
  return path.split('.').map((name) => toName(name, names));
}

function toName(name: string, names: Readonly<Record<string, string>>): string {
  return name.startsWith('#') ? (names[name] ?? name) : name;
}

function sizeOf(value: AttributeValue | undefined): number {
  return value?.SS?.length ?? value?.S?.length ?? value?.L?.length ?? 0;
}

function isOrdered(low: AttributeValue | undefined, high: AttributeValue | undefined): boolean {
  const order = compare(low, high);
  return order !== undefined && order <= 0;
}

/** Negative, zero or positive; undefined where the two cannot be compared. */
export function compare(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  if (a?.S !== undefined && b?.S !== undefined) return a.S === b.S ? 0 : a.S < b.S ? -1 : 1;
  if (a?.BOOL !== undefined && b?.BOOL !== undefined) return a.BOOL === b.BOOL ? 0 : 1;
  return undefined;
}
