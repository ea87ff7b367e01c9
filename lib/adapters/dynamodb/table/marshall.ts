import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall as marshallMaps } from '@aws-sdk/util-dynamodb';

export { convertToNative, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';

/**
 * Attributes of an object, without those that are undefined. The SDK's own marshall reads `value.constructor.name` to
 * recognise a value's type, so a label named `constructor` made it refuse the whole item. Here objects become Maps
 * first. An entry without a name is left out, because DynamoDB refuses the whole item for it. So is `__proto__`, which
 * no plain object can hold when it is read again.
 */
export function marshall(value: object): Record<string, AttributeValue> {
  return marshallMaps(toMap(value), { removeUndefinedValues: true });
}

function toMap(value: object): Map<string, unknown> {
  const entries = Object.entries(value).filter(([name]) => name !== '' && name !== '__proto__');
  return new Map(entries.map(([name, each]) => [name, withMaps(each)]));
}

function withMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMaps);
  if (typeof value !== 'object' || value === null) return value;
  const isData = ArrayBuffer.isView(value) || value instanceof Set || value instanceof Map;
  return isData ? value : toMap(value);
}
