/**
 * The value of a label; undefined without that label. `labels[name]` would also find properties that every
 * object has.
 */
export function getLabel(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

type Labels = Readonly<Record<string, string>>;

/** Labels that all sets have with the same value; no sets share none. */
export function findSharedLabels(sets: Labels[]): Record<string, string> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => getLabel(labels, name) === value)),
  );
}
