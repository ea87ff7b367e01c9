import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine; with its start time, because the system reuses ids. */
export type LiveProcess = { pid: number; startedAt: string; command: string };

type Entry = LiveProcess & { parent: number };

/** `pid` and all its descendants. Linux only: read from /proc. */
export function processTree(pid: number): LiveProcess[] {
  const all = entries();
  const tree: Entry[] = all.filter((each) => each.pid === pid);
  for (const member of tree) tree.push(...all.filter((each) => each.parent === member.pid));
  return tree.map(({ parent: _, ...each }) => each);
}

/** Those of `processes` that still run. */
export function stillRunning(processes: LiveProcess[]): LiveProcess[] {
  const now = new Map(entries().map((each) => [each.pid, each.startedAt]));
  return processes.filter(({ pid, startedAt }) => now.get(pid) === startedAt);
}

/**
 * The memory of these processes together, in bytes. Shared memory is counted once, by their proportional set sizes
 * (Linux: /proc/PID/smaps_rollup).
 */
export function proportionalSetSize(processes: LiveProcess[]): number {
  const kilobytes = processes.map(({ pid }) => {
    try {
      return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended while it was being read.
      return 0;
    }
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) * 1_024;
}

function entries(): Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap(entry);
}

function entry(pid: number): Entry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The name in parentheses may hold any character, so the fields are counted from its end: state, parent, …
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent = '0'] = fields;
    const startedAt = fields[19] ?? '';
    return state === 'Z' ? [] : [{ pid, parent: Number(parent), startedAt, command }];
  } catch {
    // It ended while it was being read.
    return [];
  }
}
