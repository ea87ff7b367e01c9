import { gunzipSync, gzipSync } from 'node:zlib';
import type { Counts } from '../../core/statistics/counts.ts';
import type { RollUp } from '../../core/statistics/roll-up.ts';

/** Shorter ones are as small without, and faster to read: a year has 8,760. */
const COMPRESSED_FROM = 1_024;

type PackedCounts = Omit<Counts, 'categories' | 'alertnames' | 'acknowledged' | 'resolved'> & {
  categories: [string, number][];
  /** Name, incidents, alerts. */
  alertnames: [string, number, number][];
  acknowledged: [number, number][];
  resolved: [number, number][];
};

/** The quarters of an hour as JSON, compressed where that is worth it. */
export function packRollUp({ quarters }: RollUp): string | Uint8Array {
  const text = JSON.stringify(quarters.map(({ at, counts }) => ({ at, counts: packed(counts) })));
  return text.length < COMPRESSED_FROM ? text : gzipSync(text);
}

export function unpackRollUp(stored: string | Uint8Array): RollUp['quarters'] {
  const text = typeof stored === 'string' ? stored : gunzipSync(stored).toString();
  const quarters: { at: number; counts: PackedCounts }[] = JSON.parse(text);
  return quarters.map(({ at, counts }) => ({ at, counts: unpacked(counts) }));
}

function packed(counts: Counts): PackedCounts {
  return {
    ...counts,
    categories: [...counts.categories],
    alertnames: [...counts.alertnames].map(([name, { incidents, alerts }]) => [name, incidents, alerts]),
    acknowledged: [...counts.acknowledged],
    resolved: [...counts.resolved],
  };
}

function unpacked(counts: PackedCounts): Counts {
  return {
    ...counts,
    categories: new Map(counts.categories),
    alertnames: new Map(counts.alertnames.map(([name, incidents, alerts]) => [name, { incidents, alerts }])),
    acknowledged: new Map(counts.acknowledged),
    resolved: new Map(counts.resolved),
  };
}
