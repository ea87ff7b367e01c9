import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { tableDefinition } from '../../../infra/local/aws/dynamodb.ts';
import { compare, createTokens, readCondition, readOperand, toPath } from './table-expressions.ts';

type Item = Record<string, AttributeValue>;
type Schema = { hash: string; range: string };
/** Items of one partition, in the order of their sort key. */
type Partition = { id: string; at: AttributeValue; item: Item }[];

/**
 * The table of infra/table.yml inside this process, behind the one method of a client that the stores use. It is some fifty
 * times as fast as a server, so that months of traffic fit into minutes. Items are never changed, only replaced.
 */
export type MemoryTable = {
  client: DynamoDBClient;
  /** Every item by `idOf` of its key. */
  readonly items: ReadonlyMap<string, Item>;
  /** Called with the id of each item that a read meets, also where a filter then drops it. */
  onRead: ((id: string) => void) | undefined;
  /** Removes what has expired, as AWS does some time after. `now` is in milliseconds. Returns how many. */
  expire(now: number): number;
};

export function createMemoryTable(): MemoryTable {
  const items = new Map<string, Item>();
  const schemas = readSchemas();
  const partitions = new Map<string, Partition>();

  function replace(id: string, item: Item | undefined): void {
    const before = items.get(id);
    for (const [index, schema] of schemas) {
      if (before) removeEntry(partitions, index, schema, id, before);
      if (item) addEntry(partitions, index, schema, id, item);
    }
    if (item) items.set(id, item);
    else items.delete(id);
  }

  const table: MemoryTable = {
    // The stores call nothing else of it.
    client: { send: async (command: Command) => answer(command), destroy() {} } as unknown as DynamoDBClient,
    items,
    onRead: undefined,
    expire(now) {
      const over = [...items].filter(([, { expiresAt }]) => Number(expiresAt?.N ?? Infinity) * 1_000 <= now);
      for (const [id] of over) replace(id, undefined);
      return over.length;
    },
  };

  function answer({ constructor: { name }, input }: Command): object {
    switch (name) {
      case 'GetItemCommand': {
        const id = idOf((input as GetItemCommandInput).Key ?? {});
        if (items.has(id)) table.onRead?.(id);
        return { Item: items.get(id) };
      }
      case 'PutItemCommand': {
        const { Item = {}, ...put } = input as PutItemCommandInput;
        assertHolds(put, items.get(idOf(Item)));
        replace(idOf(Item), Item);
        return {};
      }
      case 'UpdateItemCommand': {
        const { Key = {}, ...update } = input as UpdateItemCommandInput;
        const stored = items.get(idOf(Key));
        assertHolds(update, stored);
        const changed = applyUpdate(update, stored ?? Key);
        replace(idOf(Key), changed);
        return { Attributes: changed };
      }
      case 'QueryCommand':
        return queryPartition(input as QueryCommandInput, table.onRead);
      default:
        throw new Error(`the table in memory knows no ${name}`);
    }
  }

  function queryPartition(input: QueryCommandInput, onRead: MemoryTable['onRead']): object {
    const {
      KeyConditionExpression: where = '',
      FilterExpression,
      ExclusiveStartKey,
      Limit = Infinity,
    } = input;
    const index = input.IndexName ?? '';
    const schema = schemas.get(index) ?? { hash: '', range: '' };
    const partition = partitions.get(`${index}\n${hashValue(input, schema.hash)}`) ?? [];
    const given = {
      names: input.ExpressionAttributeNames ?? {},
      values: input.ExpressionAttributeValues ?? {},
    };
    const isWanted = readCondition(where);
    const passes = FilterExpression === undefined ? () => true : readCondition(FilterExpression);
    const newestFirst = input.ScanIndexForward === false;
    const { low, high } = findBounds(partition, input);
    const start = ExclusiveStartKey && idOf(ExclusiveStartKey);
    const place = start === undefined ? -1 : partition.findIndex(({ id }) => id === start);
    const first = newestFirst ? (place < 0 ? high : place) - 1 : Math.max(place + 1, low);
    const read: Partition = [];
    for (let n = first; n >= low && n < high && read.length < Limit; n += newestFirst ? -1 : 1) {
      const entry = partition[n];
      if (entry && isWanted({ item: entry.item, ...given })) read.push(entry);
    }
    if (onRead) for (const { id } of read) onRead(id);
    const last = read.length === Limit ? read.at(-1)?.item : undefined;
    return {
      Items: read.map(({ item }) => item).filter((item) => passes({ item, ...given })),
      ScannedCount: read.length,
      LastEvaluatedKey: last && keyIn(last, [schema.hash, schema.range]),
    };
  }

  return table;
}

type Command = { constructor: { name: string }; input: object };
type Conditional = Pick<
  UpdateItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** `pk` and `sk` in one text. */
export function idOf({ pk, sk }: Item): string {
  return `${pk?.S}\n${sk?.S}`;
}

/** By the name of the index; the table itself is ''. */
function readSchemas(): Map<string, Schema> {
  const { KeySchema, GlobalSecondaryIndexes = [] } = tableDefinition();
  const toSchema = (keys: typeof KeySchema): Schema => {
    const [hash = '', range = ''] = (keys ?? []).map(({ AttributeName }) => AttributeName ?? '');
    return { hash, range };
  };
  return new Map([
    ['', toSchema(KeySchema)],
    ...GlobalSecondaryIndexes.map((each) => [each.IndexName ?? '', toSchema(each.KeySchema)] as const),
  ]);
}

function addEntry(
  partitions: Map<string, Partition>,
  index: string,
  { hash, range }: Schema,
  id: string,
  item: Item,
): void {
  const at = item[range];
  const name = partitionOf(index, item[hash]);
  if (at === undefined || name === undefined) return;
  const partition = partitions.get(name) ?? [];
  partitions.set(name, partition);
  partition.splice(findPlace(partition, at, id), 0, { id, at, item });
}

function removeEntry(
  partitions: Map<string, Partition>,
  index: string,
  { hash, range }: Schema,
  id: string,
  item: Item,
): void {
  const at = item[range];
  const name = partitionOf(index, item[hash]);
  const partition = name === undefined ? undefined : partitions.get(name);
  if (at === undefined || name === undefined || partition === undefined) return;
  partition.splice(findPlace(partition, at, id), 1);
  if (partition.length === 0) partitions.delete(name);
}

function partitionOf(index: string, hash: AttributeValue | undefined): string | undefined {
  const value = hash?.S ?? hash?.N;
  return value === undefined ? undefined : `${index}\n${value}`;
}

/** The first place whose entry is not before it. */
function findPlace(partition: Partition, at: AttributeValue, id: string): number {
  let low = 0;
  let high = partition.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = partition[middle];
    const order = entry ? compare(entry.at, at) || (entry.id === id ? 0 : entry.id < id ? -1 : 1) : 0;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The places in which a range of the sort key lies, the second excluded; all of them for another condition. */
function findBounds(
  partition: Partition,
  { KeyConditionExpression = '', ExpressionAttributeValues: values = {} }: QueryCommandInput,
): { low: number; high: number } {
  const [, from = '', to = ''] = /BETWEEN (:\w+) AND (:\w+)/.exec(KeyConditionExpression) ?? [];
  const [lower, upper] = [values[from], values[to]];
  if (!lower || !upper) return { low: 0, high: partition.length };
  // No id is before the empty one or behind this one.
  return { low: findPlace(partition, lower, ''), high: findPlace(partition, upper, '\uffff') };
}

/** The value that the key condition demands of the partition key, which it names first. */
function hashValue(
  { KeyConditionExpression = '', ExpressionAttributeValues = {} }: QueryCommandInput,
  hash: string,
): string {
  const name = new RegExp(`^${hash} = (:\\w+)`).exec(KeyConditionExpression)?.[1];
  const value = name === undefined ? undefined : ExpressionAttributeValues[name];
  return value?.S ?? value?.N ?? '';
}

function keyIn(item: Item, names: string[]): Item {
  return Object.fromEntries(
    ['pk', 'sk', ...names].flatMap((name) => (item[name] ? [[name, item[name]] as const] : [])),
  );
}

function assertHolds(request: Conditional, item: Item | undefined): void {
  const {
    ConditionExpression,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = request;
  if (ConditionExpression === undefined) return;
  if (readCondition(ConditionExpression)({ item: item ?? {}, names, values })) return;
  throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
}

/** SET and REMOVE of attributes and of fields of `content`, ADD of sets. */
function applyUpdate(request: Omit<UpdateItemCommandInput, 'Key'>, item: Item): Item {
  const names = request.ExpressionAttributeNames ?? {};
  const given = { item, names, values: request.ExpressionAttributeValues ?? {} };
  const tokens = createTokens(request.UpdateExpression ?? '');
  const changed: Item = { ...item };
  let clause = '';
  while (tokens.peek() !== undefined) {
    const word = tokens.next();
    if (/^(SET|REMOVE|ADD)$/.test(word)) {
      clause = word;
      continue;
    }
    if (word === ',') continue;
    const path = toPath(word, names);
    if (clause === 'REMOVE') {
      assign(changed, path, undefined);
      continue;
    }
    if (clause === 'SET') tokens.expect('=');
    const value = readOperand(tokens)(given);
    const joined = [...(changed[word]?.SS ?? []), ...(value?.SS ?? [])];
    assign(changed, path, clause === 'ADD' ? { SS: [...new Set(joined)] } : value);
  }
  return changed;
}

function assign(item: Item, [name = '', field]: string[], value: AttributeValue | undefined): void {
  if (field !== undefined) {
    item[name] = { M: { ...item[name]?.M, ...(value && { [field]: value }) } };
  } else if (value === undefined) {
    delete item[name];
  } else {
    item[name] = value;
  }
}
