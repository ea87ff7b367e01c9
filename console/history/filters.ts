/** The filters of the history, as in the address. Values are kept unchanged: the API refuses invalid ones. */
export const filterNames = ['status', 'alertname', 'severity', 'source', 'category', 'from', 'to'] as const;

export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

/** Reads the address's query; other parameters are ignored. */
export function readFilters(search: string): Filters {
  const query = new URLSearchParams(search);
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = query.get(name)?.trim();
    if (value) filters[name] = value;
  }
  return filters;
}

/** The address's query for filters, always in the same order, so that one search has one address. */
export function writeFilters(filters: Filters): string {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const value = filters[name]?.trim();
    if (value) query.set(name, value);
  }
  return query.toString();
}

/** A time of the address for an input of type datetime-local, in the reader's zone; empty for an invalid time. */
export function localInput(time: string | undefined): string {
  const ms = Date.parse(time ?? '');
  if (Number.isNaN(ms)) return '';
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The value of such an input as a time with an offset; undefined when it is empty. */
export function fromLocalInput(value: string): string | undefined {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().replace('.000Z', 'Z');
}
