import type { Path } from '../check/yaml-lines.ts';

/** What one part of a document is, and where it stands. */
export type RulePlace =
  /** Has `groups`, as a rule file does. An object of an operator may have none. */
  | { kind: 'groups'; path: Path; value: unknown; mayBeEmpty: boolean }
  /** A text that may be a rule file of its own: one value of a ConfigMap. */
  | { kind: 'text'; path: Path; text: string }
  | { kind: 'skipped'; path: Path; why: string; mayHoldAlerts: boolean };

/** Objects whose `spec` is what a rule file holds, by kind, with the group of their API. */
const RULE_OBJECTS: Record<string, string> = {
  /** https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule */
  PrometheusRule: 'monitoring.coreos.com',
  /** https://docs.victoriametrics.com/operator/resources/vmrule/ */
  VMRule: 'operator.victoriametrics.com',
  /** https://docs.cloud.google.com/stackdriver/docs/managed-prometheus/rules-managed */
  Rules: 'monitoring.googleapis.com',
  ClusterRules: 'monitoring.googleapis.com',
  GlobalRules: 'monitoring.googleapis.com',
};
/** For people. */
export const READ_KINDS = `Prometheus rule files, ${Object.keys(RULE_OBJECTS).join(', ')}, List and ConfigMap`;

/** Every part of a document that has rules, or that is skipped. Lists are looked into. */
export function findRulePlaces(value: unknown, path: Path = [], listed?: Listed): RulePlace[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => findRulePlaces(item, [...path, i], listed));
  if (!isRecord(value)) return [toSkipped(path, 'it is no object')];
  const { kind = listed?.kind, apiVersion = listed?.apiVersion, items } = value;
  if (kind === undefined) {
    return 'groups' in value
      ? [{ kind: 'groups', path, value, mayBeEmpty: false }]
      : [toSkipped(path, 'it has no kind, and no groups as a rule file has')];
  }
  if (typeof kind !== 'string') return [toSkipped(path, 'its kind is no text')];
  if (kind.endsWith('List') && Array.isArray(items)) {
    // In a list of one kind, a server leaves the kind of the items out.
    const each = kind === 'List' ? undefined : { kind: kind.slice(0, -'List'.length), apiVersion };
    return items.flatMap((item, i) => findRulePlaces(item, [...path, 'items', i], each));
  }
  if (Object.hasOwn(RULE_OBJECTS, kind) && [undefined, RULE_OBJECTS[kind]].includes(groupOf(apiVersion))) {
    return [{ kind: 'groups', path: [...path, 'spec'], value: value['spec'] ?? {}, mayBeEmpty: true }];
  }
  if (kind === 'ConfigMap') return configMapPlaces(value, path);
  if (kind === 'Secret') return [toSkipped(path, 'Secret may hold rules, and is not read')];
  return [skipObject(path, kind, apiVersion)];
}

type Listed = { kind: string; apiVersion: unknown };

function configMapPlaces({ data, binaryData }: Record<string, unknown>, path: Path): RulePlace[] {
  const texts = isRecord(data) ? Object.entries(data) : [];
  const binaries = isRecord(binaryData) ? Object.keys(binaryData) : [];
  return [
    ...texts.flatMap(([key, text]): RulePlace[] =>
      typeof text === 'string' ? [{ kind: 'text', path: [...path, 'data', key], text }] : [],
    ),
    ...binaries.map((key) => toSkipped([...path, 'binaryData', key], `${key} is binary`)),
  ];
}

function toSkipped(path: Path, why: string): RulePlace {
  return { kind: 'skipped', path, why, mayHoldAlerts: true };
}

function skipObject(path: Path, kind: string, apiVersion: unknown): RulePlace {
  const named = typeof apiVersion === 'string' ? `${kind} (${apiVersion})` : kind;
  const group = groupOf(apiVersion);
  return group !== undefined && isOfKubernetes(group)
    ? { kind: 'skipped', path, why: `${named} holds no rules`, mayHoldAlerts: false }
    : toSkipped(path, `${named} is not among the kinds whose rules are read`);
}

/** `monitoring.coreos.com` of `monitoring.coreos.com/v1`; the core's own is the empty text. */
function groupOf(apiVersion: unknown): string | undefined {
  if (typeof apiVersion !== 'string') return undefined;
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Kubernetes' own objects hold no alerts: `v1`, `apps/v1`, `rbac.authorization.k8s.io/v1`. */
function isOfKubernetes(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
