import { type Aggregation, beyondUs } from './expression.ts';
import { dropLabels, keepLabels, labelKey, NAME, type VectorSample } from './labels.ts';

const folds: Record<string, (values: number[]) => number> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  avg: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  // NaN counts only when there is no other value.
  min: (values) => values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least)),
  max: (values) => values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most)),
  count: (values) => values.length,
};

/** `sum`, `avg`, `min`, `max` and `count` of each group, or its `k` highest or lowest samples. */
export function aggregate(
  { operator, grouping }: Aggregation,
  samples: VectorSample[],
  k: number | undefined,
): VectorSample[] {
  const { without, labels: names } = grouping;
  const groups = new Map<string, { labels: VectorSample['labels']; members: VectorSample[] }>();
  for (const sample of samples) {
    const labels = without ? dropLabels(sample.labels, [...names, NAME]) : keepLabels(sample.labels, names);
    const key = labelKey(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    group.members.push(sample);
    groups.set(key, group);
  }
  if (operator === 'topk' || operator === 'bottomk') {
    const sign = operator === 'topk' ? 1 : -1;
    return [...groups.values()].flatMap(({ members }) =>
      members.toSorted((a, b) => sign * byValue(b, a)).slice(0, Math.max(0, Math.floor(k ?? 0))),
    );
  }
  const fold = Object.hasOwn(folds, operator) ? folds[operator] : undefined;
  if (fold === undefined) throw beyondUs(operator);
  return [...groups.values()].map(({ labels, members }) => ({
    labels,
    value: fold(members.map(({ value }) => value)),
  }));
}

/** The lowest first; NaN is lower than all. */
export function byValue(a: VectorSample, b: VectorSample): number {
  if (Number.isNaN(a.value)) return Number.isNaN(b.value) ? 0 : -1;
  return Number.isNaN(b.value) ? 1 : a.value - b.value;
}
