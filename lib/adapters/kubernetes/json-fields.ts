// Fields of a server's answer, with the expected type or absent: a cluster's version may leave any out.

export function getRecord(value: unknown, field: string): object | undefined {
  const found = at(value, field);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
}

export function getList(value: unknown, field: string): unknown[] {
  const found = at(value, field);
  return Array.isArray(found) ? found : [];
}

/** An empty text counts as absent. */
export function getText(value: unknown, field: string): string | undefined {
  const found = at(value, field);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function getNumber(value: unknown, field: string): number | undefined {
  const found = at(value, field);
  return typeof found === 'number' ? found : undefined;
}

export function getFlag(value: unknown, field: string): boolean {
  return at(value, field) === true;
}

/** RFC 3339, as milliseconds. */
export function getTime(value: unknown, field: string): number | undefined {
  const time = Date.parse(getText(value, field) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function at(value: unknown, field: string): unknown {
  return isRecord(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
