import { afterAll, expect, vi } from 'vitest';

/*
 * A process runs many files one after the other, so that modules are loaded once. Each file has to leave the process
 * as it was: a file that does not fails here, and not the file after it.
 */

const globals = [
  'Date',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'crypto',
  'process',
];
const before = stateOfProcess();

// The first hook of a file is the last one to run.
afterAll(() => {
  const after = stateOfProcess();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => !Object.is(before.get(name), after.get(name)));

  // Names only: values of the environment may be secrets.
  expect(changed, 'left behind for the next files').toEqual([]);
});

function stateOfProcess(): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(process.env).map(([name, value]) => [`environment ${name}`, value] as const),
    // Those of the language; loaded packages add their own.
    ...globals.map((name) => [`global ${name}`, Reflect.get(globalThis, name)] as const),
    ...Object.entries(console).map(([name, value]) => [`console.${name}`, value] as const),
    ['a fake clock', vi.isFakeTimers()],
    ['AbortSignal.timeout', AbortSignal.timeout],
    ['Math.random', Math.random],
    ['process.stdout.write', process.stdout.write],
    ['process.stderr.write', process.stderr.write],
    ['process.exitCode', process.exitCode],
    ['the current folder', process.cwd()],
  ]);
}
