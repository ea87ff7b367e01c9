import { gunzipSync, gzipSync } from 'node:zlib';
import type { Counts, NameCount } from '../../../core/statistics/counts.ts';
import type { RollUp } from '../../../core/statistics/roll-up.ts';
import type { Sketch } from '../../../core/statistics/sketch.ts';

/** Compression does not make shorter texts smaller, only slower to read: a year has 8,760. */
const COMPRESSED_FROM = 1_024;

/** Pairs and triples are flat, because a year of nested ones takes twice as long to parse. */
type PackedCounts = Omit<Counts, 'categories' | 'alertnames' | 'acknowledged' | 'resolved'> & {
  categories: Record<string, number>;
  names: string[];
  /** For each name its incidents, then its alerts. */
  named: number[];
  /** Bucket, count, bucket, count, … */
  acknowledged: number[];
  resolved: number[];
};

/** The quarters of an hour as JSON, compressed if that saves space. */
export function packRollUp({ quarters }: RollUp): string | Uint8Array {
  const text = JSON.stringify(quarters.map(({ at, counts }) => ({ at, counts: packed(counts) })));
  return text.length < COMPRESSED_FROM ? text : gzipSync(text);
}

export function unpackRollUp(stored: string | Uint8Array): RollUp['quarters'] {
  const text = typeof stored === 'string' ? stored : gunzipSync(stored).toString();
  const quarters: { at: number; counts: PackedCounts }[] = JSON.parse(text);
  return quarters.map(({ at, counts }) => ({ at, counts: unpacked(counts) }));
}

function packed({ alertnames, ...counts }: Counts): PackedCounts {
  return {
    ...counts,
    categories: Object.fromEntries(counts.categories),
    names: [...alertnames.keys()],
    named: [...alertnames.values()].flatMap(({ incidents, alerts }) => [incidents, alerts]),
    acknowledged: [...counts.acknowledged].flat(),
    resolved: [...counts.resolved].flat(),
  };
}

function unpacked({ names, named, ...counts }: PackedCounts): Counts {
  const alertnames = new Map<string, NameCount>();
  for (const [i, name] of names.entries()) {
    alertnames.set(name, { incidents: named[2 * i] ?? 0, alerts: named[2 * i + 1] ?? 0 });
  }
  return {
    ...counts,
    categories: new Map(Object.entries(counts.categories)),
    alertnames,
    acknowledged: toSketch(counts.acknowledged),
    resolved: toSketch(counts.resolved),
  };
}

function toSketch(pairs: number[]): Sketch {
  const sketch: Sketch = new Map();
  for (let i = 0; i < pairs.length; i += 2) sketch.set(pairs[i] ?? 0, pairs[i + 1] ?? 0);
  return sketch;
}
