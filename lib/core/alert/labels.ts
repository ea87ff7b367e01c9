/** The value of a label, undefined without one. Reading `labels[name]` would also find what every object has. */
export function getLabel(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

type Labels = Readonly<Record<string, string>>;

/** Labels that are in all sets with the same value; none for no sets. */
export function findSharedLabels(sets: Labels[]): Record<string, string> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => getLabel(labels, name) === value)),
  );
}
