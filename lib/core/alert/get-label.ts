/** The value of a label, undefined without one. Reading `labels[name]` would also find what every object has. */
export function getLabel(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
