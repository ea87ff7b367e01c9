import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The parts of a request to DynamoDB that the faults change. */
type Request = {
  IndexName?: string;
  Item?: Record<string, AttributeValue>;
  Key?: Record<string, AttributeValue>;
  ConsistentRead?: boolean;
  ConditionExpression?: string | undefined;
  FilterExpression?: string;
  KeyConditionExpression?: string;
  ProjectionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  GlobalSecondaryIndexes?: { Projection?: object }[];
};

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const;

/** Longer than an item may be, which is 400 KB. */
const TOO_LONG = 'x'.repeat(400 * 1024);

/** Mistakes that code for DynamoDB makes, by name; each changes a request before it is sent. */
export const tableFaults: Readonly<Record<string, (request: Request) => Partial<Request>>> = {
  'missing-name': ({ ExpressionAttributeNames: names }) => ({
    ExpressionAttributeNames: names && orNone(Object.entries(names).slice(1)),
  }),
  'reserved-word': (request) => ({
    ...Object.fromEntries(EXPRESSIONS.map((name) => [name, request[name]?.replaceAll('#', '')])),
    ExpressionAttributeNames: undefined,
  }),
  'unused-value': ({ ExpressionAttributeValues: values }) => ({
    ExpressionAttributeValues: values && { ...values, ':nobodyAsks': { S: 'x' } },
  }),
  'no-condition': (request) => (request.ConditionExpression === undefined ? {} : withoutCondition(request)),
  'oversized-item': ({ Item }) => (Item ? { Item: { ...Item, padding: { S: TOO_LONG } } } : {}),
  'empty-name': ({ Item }) => (Item ? { Item: { ...Item, content: { M: { '': { S: 'x' } } } } } : {}),
  'empty-key': ({ Item }) => (Item?.['openedKey'] ? { Item: { ...Item, openedKey: { S: '' } } } : {}),
  'key-of-another-type': ({ Item }) =>
    Item?.['openShard'] ? { Item: { ...Item, openShard: { S: '1' } } } : {},
  'consistent-index': ({ IndexName }) => (IndexName === undefined ? {} : { ConsistentRead: true }),
  'keys-only-index': ({ GlobalSecondaryIndexes: indexes }) =>
    indexes
      ? {
          GlobalSecondaryIndexes: indexes.map((index) => ({
            ...index,
            Projection: { ProjectionType: 'KEYS_ONLY' },
          })),
        }
      : {},
  'expiry-in-milliseconds': ({ Item }) =>
    Item?.['expiresAt']?.N ? { Item: { ...Item, expiresAt: { N: `${Item['expiresAt'].N}000` } } } : {},
};

/** Makes every request of the client have the fault. Throws for a name that is not in `tableFaults`. */
export function plantTableFault(client: DynamoDBClient, name: string): void {
  const fault = Object.hasOwn(tableFaults, name) ? tableFaults[name] : undefined;
  if (!fault)
    throw new Error(`no planted fault is called ${name}; there are ${Object.keys(tableFaults).join(', ')}`);
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ...fault(args.input as Request) } }),
    { step: 'initialize', name: 'plantTableFault', priority: 'low' },
  );
}

/** The write happens whatever is there. Names and values of the condition alone would be refused as unused. */
function withoutCondition({
  UpdateExpression = '',
  ExpressionAttributeNames: names = {},
  ExpressionAttributeValues: values = {},
}: Request): Partial<Request> {
  const used = ([name]: [string, unknown]) => new RegExp(`${name}\\b`).test(UpdateExpression);
  return {
    ConditionExpression: undefined,
    ExpressionAttributeNames: orNone(Object.entries(names).filter(used)),
    ExpressionAttributeValues: orNone(Object.entries(values).filter(used)),
  };
}

function orNone<T>(entries: [string, T][]): Record<string, T> | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
