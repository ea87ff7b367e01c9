import { getLabel } from './get-label.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels that are in all sets with the same value; none for no sets. */
export function sharedLabels(sets: Labels[]): Record<string, string> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => getLabel(labels, name) === value)),
  );
}
