import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Refuses an attribute without a name, like Amazon's DynamoDB and unlike the stand-in. */
export function refuseEmptyNames(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      if (hasEmptyName(args.input)) {
        const message = 'One or more parameter values were invalid: Empty attribute name';
        throw Object.assign(new Error(message), { name: 'ValidationException' });
      }
      return next(args);
    },
    { step: 'initialize', name: 'refuseEmptyNames' },
  );
}

function hasEmptyName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return Object.entries(value).some(([name, each]) => name === '' || hasEmptyName(each));
}
