import type { KubernetesObject } from './kubernetes-object.ts';

/** Whether an object fulfils a `labelSelector` of a request; `undefined` when the selector is not one. */
export function labelMatcher(selector: string): ((object: KubernetesObject) => boolean) | undefined {
  const requirements = selector.split(/,(?![^(]*\))/).map((each) => labelRequirement(each.trim()));
  if (requirements.some((each) => each === undefined)) return undefined;
  return ({ metadata }) => requirements.every((holds) => holds?.(metadata.labels ?? {}));
}

type LabelRequirement = (labels: Record<string, string>) => boolean;

function labelRequirement(text: string): LabelRequirement | undefined {
  const [, key = '', sign = '', value = ''] = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(text) ?? [];
  if (sign !== '') return (labels) => (labels[key] === value) === (sign !== '!=');
  const [, member = '', not = '', values = ''] =
    /^([\w./-]+)\s+(not)?in\s*\(([\w.,\s-]*)\)$/.exec(text) ?? [];
  if (member !== '') {
    const listed = new Set(values.split(',').map((each) => each.trim()));
    return (labels) => listed.has(labels[member] ?? '') === (not === '');
  }
  const [, absent = '', name] = /^(!?)([\w./-]+)$/.exec(text) ?? [];
  return name === undefined ? undefined : (labels) => Object.hasOwn(labels, name) === (absent === '');
}

/** Whether an object fulfils a `fieldSelector`: `type=Warning,involvedObject.name=api`. */
export function fieldMatcher(selector: string): (object: KubernetesObject) => boolean {
  const requirements = selector.split(',').map((text) => {
    const [, path = '', sign = '', value = ''] = /^([\w.]+)(==?|!=)(.*)$/.exec(text) ?? [];
    return { path, isEqual: sign !== '!=', value };
  });
  return (object) =>
    requirements.every(({ path, isEqual, value }) => (fieldOf(object, path) === value) === isEqual);
}

function fieldOf(object: KubernetesObject, path: string): string {
  // kubectl filters events by a field for which core events have no value.
  const found = path.split('.').reduce<unknown>((inner, key) => Object(inner)[key], object);
  return typeof found === 'string' ? found : '';
}
