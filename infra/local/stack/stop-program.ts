import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const STOPPED_WITHIN = 5_000;

/** Asks a program to end by one signal, and kills it by the other when it takes too long. */
export async function stopProgram(
  program: ChildProcess,
  ask: NodeJS.Signals,
  force: NodeJS.Signals,
): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null || program.pid === undefined) return;
  const gone = once(program, 'exit');
  program.kill(ask);
  const late = setTimeout(() => program.kill(force), STOPPED_WITHIN);
  await gone;
  clearTimeout(late);
}
