import type { Bounds } from '../../lib/core/diagnosis/probe.ts';

/** The bounds of one read, as a diagnosis sets them. */
export function readBounds(timeoutMs = 4_000, change: Partial<Bounds> = {}): Bounds {
  return { timeoutMs, maxRows: 20, maxBytes: 4_096, signal: AbortSignal.timeout(timeoutMs), ...change };
}
