import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { mustEnd } from '../../support/processes/must-end.ts';

const corpus = join(import.meta.dirname, '..', 'corpus');
/** Executions that one limit of time holds for: `mustEnd` interrupts what hangs. */
const AT_ONCE = 1_000;
/** Ten times as many with `--full`. */
const TIMES = process.env['SECURITY_FULL'] === undefined ? 1 : 10;

/** Parses one input; throws, by `expect` or by itself, when the parser broke its promise. */
export type Execute<T> = (input: T) => void;

/**
 * Executes a parser on what ever failed (`corpus/NAME.jsonl`, one JSON value a line), and then on `runs` inputs. A failure
 * ends with the line to add to the corpus.
 */
export function fuzz<T>(name: string, inputs: fc.Arbitrary<T>, runs: number, execute: Execute<T>): void {
  for (const known of readCorpus<T>(name)) attempt(name, known, execute);
  let executed = 0;
  for (let at = 0; at < runs * TIMES; at += AT_ONCE) {
    let last: T | undefined;
    const chunk = fc.property(inputs, (input) => {
      last = input;
      executed += 1;
      execute(input);
    });
    try {
      mustEnd(() => fc.assert(chunk, { numRuns: Math.min(AT_ONCE, runs * TIMES - at), seed: 7 + at }));
    } catch (error) {
      throw failure(name, last, error);
    }
  }
  expect(executed).toBeGreaterThanOrEqual(runs * TIMES);
}

function attempt<T>(name: string, input: T, execute: Execute<T>): void {
  try {
    mustEnd(() => execute(input));
  } catch (error) {
    throw failure(name, input, error);
  }
}

function failure(name: string, input: unknown, error: unknown): Error {
  const line = JSON.stringify(input).slice(0, 2_000);
  const why = String(error instanceof Error && error.cause ? error.cause : error).slice(0, 1_000);
  return new Error(
    `the parser ${name} broke its promise: ${why}\nfor test/security/corpus/${name}.jsonl: ${line}`,
  );
}

function readCorpus<T>(name: string): T[] {
  const file = join(corpus, `${name}.jsonl`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): T => JSON.parse(line));
}

/** Output is in proportion to input, so that nobody can fill a table or a message by little. */
export function expectBounded(
  output: unknown,
  input: string,
  allowed: { perByte: number; plus: number },
): void {
  const size = JSON.stringify(output)?.length ?? 0;
  expect(size).toBeLessThanOrEqual(input.length * allowed.perByte + allowed.plus);
}
