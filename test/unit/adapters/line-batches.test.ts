import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLineBatches } from '../../../lib/adapters/http/read-metrics.ts';

async function linesOf(text: string, cuts: number[], longest: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  async function* chunks() {
    let from = 0;
    for (const end of ends) {
      yield bytes.subarray(from, end);
      from = end;
    }
  }
  const lines: string[] = [];
  for await (const batch of readLineBatches(chunks(), longest)) lines.push(...batch);
  return lines;
}

test('lines are whole wherever the network cut them, also within a character', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\n', '"'), maxLength: 80 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      async (text, cuts) => {
        const lines = await linesOf(text, cuts, 1_000);

        expect(lines).toEqual(text.split('\n'));
      },
    ),
  );
});

test('a line that is too long is left out, in one piece or in many, and what follows is not', async () => {
  const text = `first\n${'x'.repeat(500)}\nlast`;

  const answers = await Promise.all(
    [[], [200, 210, 300], Array.from({ length: 60 }, (_, i) => i * 9)].map((cuts) =>
      linesOf(text, cuts, 100),
    ),
  );

  expect(answers).toEqual([
    ['first', 'last'],
    ['first', 'last'],
    ['first', 'last'],
  ]);
});

test('the carriage returns of other systems are no part of a line', async () => {
  expect(await linesOf('a 1\r\nb 2\r\n', [4], 100)).toEqual(['a 1', 'b 2', '']);
});
