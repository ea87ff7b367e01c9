import type { Bounds } from '../../../lib/core/diagnosis/checks/probe.ts';

/**
 * Generous bounds of one read, which a busy machine does not reach. A test about time gives its own `timeoutMs`, or a
 * `signal` that it aborts itself.
 */
export function readBounds(change: Partial<Bounds> = {}): Bounds {
  return {
    timeoutMs: 60_000,
    maxRows: 20,
    maxBytes: 4_096,
    signal: new AbortController().signal,
    ...change,
  };
}
