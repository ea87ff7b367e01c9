/**
 * How a value from an alert or a finding enters another language. One function for each language; nothing else
 * puts such values there. SQL is not among them: values reach it only as bind values.
 */

/** One word of a POSIX shell, whatever the value holds. */
export function shellQuoted(value: string): string {
  if (/^[A-Za-z0-9_./:=@%+-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** The inside of a double-quoted PromQL string. */
export function promqlEscaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
