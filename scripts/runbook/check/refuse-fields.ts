import { namesIn, type SqlNode } from './parse-sql.ts';
import { refuseFunction } from './refuse-sql.ts';

/**
 * Why a check may not hold `value.name`, in a sentence. PostgreSQL reads it as `name(value)` where the value has no such
 * field, so that `(pid).pg_terminate_backend` ends sessions. `nodes` are all of one statement. `undefined`: it may.
 */
export function createFieldCheck(nodes: SqlNode[]): (node: SqlNode) => string | undefined {
  const items = fromItems(nodes);
  return ({ type, fields }) => {
    if (type === 'A_Indirection') return refuseIndirection(namesIn(fields['indirection']));
    if (type === 'ColumnRef') return refuseColumn(namesIn(fields['fields']), items);
    if (type === 'RangeFunction' && nameOfFunction(fields) === undefined) {
      return 'a check cannot leave a value in FROM without a name; add AS and one';
    }
    return undefined;
  };
}

/** The parser's word for `*` and for `[1]` is no name. */
function refuseIndirection(names: string[]): string | undefined {
  const instead = 'put the value into FROM and name its columns';
  return firstRefusal(
    names,
    (name) => `a check cannot take .${name} from a value: ${mayCall(name)}; ${instead}`,
  );
}

function refuseColumn(names: string[], { rows, values }: FromItems): string | undefined {
  const item = names.at(-2);
  const column = names.at(-1) ?? '';
  if (item === undefined || column === '') return undefined;
  const columns = values.get(item);
  if (columns?.has(column)) return undefined;
  if (columns === undefined) return rows.has(item) ? undefined : `there is no ${item} in FROM`;
  const instead = `name its columns in FROM: AS ${item}(${column})`;
  return firstRefusal(
    [column],
    () => `a check cannot take .${column} from ${item}: ${mayCall(column)}; ${instead}`,
  );
}

const mayCall = (name: string) => `where that is no column, PostgreSQL calls the function ${name}`;

/** A function that may be called may be called in this way too; of a known one, the reason says more. */
function firstRefusal(names: string[], say: (name: string) => string): string | undefined {
  for (const name of names.filter(Boolean)) {
    const refusal = refuseFunction([name], () => say(name));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

type FromItems = {
  /** Have columns only: what has no such column is an error of PostgreSQL. Functions of the database can still fit. */
  rows: ReadonlySet<string>;
  /** Functions, whose row can be one bare value, with the columns that FROM names. */
  values: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Of all levels of the statement: a name that one level gives to a function is one of a function on every level. */
function fromItems(nodes: SqlNode[]): FromItems {
  const rows = new Set<string>();
  const values = new Map<string, Set<string>>();
  for (const { type, fields } of nodes) {
    const named = type === 'RangeFunction' && !isRecord(fields) ? nameOfFunction(fields) : undefined;
    if (named === undefined) {
      for (const name of namesOfRows(fields)) rows.add(name);
    } else {
      const columns = new Set(namesIn(aliasOf(fields)['colnames']));
      values.set(named, values.get(named)?.intersection(columns) ?? columns);
    }
  }
  return { rows, values };
}

/** Of several functions, with a number for each row, or with types for its columns, the row is a record. */
function isRecord({ functions, ordinality, coldeflist }: Fields): boolean {
  return (
    (Array.isArray(functions) && functions.length > 1) || ordinality === true || coldeflist !== undefined
  );
}

function namesOfRows(fields: Fields): string[] {
  const names = [aliasOf(fields)['aliasname'] ?? fields['relname'] ?? nameOfFunction(fields)];
  const using = asFields(fields['join_using_alias'])['aliasname'];
  return [...names, using].filter((name) => typeof name === 'string');
}

function nameOfFunction(fields: Fields): string | undefined {
  const alias = aliasOf(fields)['aliasname'];
  if (typeof alias === 'string') return alias;
  const first = Array.isArray(fields['functions']) ? asFields(fields['functions'][0])['List'] : undefined;
  const items = asFields(first)['items'];
  const call = asFields(Array.isArray(items) ? asFields(items[0])['FuncCall'] : undefined);
  return namesIn(call['funcname']).at(-1);
}

type Fields = Readonly<Record<string, unknown>>;

const aliasOf = (fields: Fields) => asFields(fields['alias']);

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
