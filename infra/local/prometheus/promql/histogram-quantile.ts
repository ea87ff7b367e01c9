import { dropLabels, labelKey, NAME, type VectorSample } from './labels.ts';

type Bucket = { upTo: number; count: number };

/** The value that a share of the observations does not exceed, linear within a bucket: Prometheus' estimate. */
export function histogramQuantile(share: number, samples: VectorSample[]): VectorSample[] {
  const groups = Map.groupBy(
    samples.filter(({ labels }) => labels['le'] !== undefined),
    ({ labels }) => labelKey(dropLabels(labels, [NAME, 'le'])),
  );
  return [...groups.values()].map((group) => ({
    labels: dropLabels(group[0]?.labels ?? {}, [NAME, 'le']),
    value: quantile(share, group.map(bucketOf)),
  }));
}

function bucketOf({ labels, value }: VectorSample): Bucket {
  const le = labels['le'] ?? '';
  return { upTo: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count: value };
}

function quantile(share: number, unordered: Bucket[]): number {
  if (share < 0) return Number.NEGATIVE_INFINITY;
  if (share > 1) return Number.POSITIVE_INFINITY;
  const buckets = unordered.toSorted((a, b) => a.upTo - b.upTo);
  const all = buckets.at(-1);
  const last = buckets.at(-2);
  if (last === undefined || all?.upTo !== Number.POSITIVE_INFINITY || !(all.count > 0)) return Number.NaN;
  const rank = share * all.count;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[at];
  if (bucket === undefined || bucket === all) return last.upTo;
  const below = buckets[at - 1] ?? { upTo: Math.min(0, bucket.upTo), count: 0 };
  return below.upTo + (bucket.upTo - below.upTo) * ((rank - below.count) / (bucket.count - below.count));
}
