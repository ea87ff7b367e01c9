import { describe, expect, test } from 'vitest';
import { checkCode, checkDocument } from '../../scripts/words/check-text.ts';

const exists = (reference: string) =>
  ['docs/rules.md', 'docs/rules.md#rule-5', 'lib/wiring.ts'].includes(reference);
const inCode = (text: string) =>
  checkCode('lib/a.ts', text, exists).map(({ line, message }) => `${line} ${message}`);

describe('the check of words', () => {
  test.each([
    'const deedOfAna = 1;',
    'function lookAround() {}',
    'type Told = { phantomUntil: number };',
    'export const MAX_FACETS_FACET = 3;',
  ])('names a banned identifier: %s', (text) => {
    expect(inCode(`\n${text}`)[0]).toMatch(/^2 \w+: “.*” is .* here \(docs\/glossary\.md\)$/);
  });

  test('leaves words of prose and strings alone', () => {
    expect(inCode(`// A phantom deed, told at a glance.\nconst text = 'anew deed';`)).toEqual([]);
  });

  test('names a banned phrase of a comment, and its line', () => {
    expect(inCode('/**\n * Counts\n * it anew.\n */\nexport const a = 1;')).toEqual([
      '3 “anew”: say “again”',
    ]);
  });

  test('names a reference to a file, a heading or a rule that is not there', () => {
    expect(inCode('// See lib/wiring.ts and docs/rules.md#rule-5.')).toEqual([]);
    expect(inCode('// See lib/gone.ts.')).toEqual(['1 lib/gone.ts is not there']);
    expect(inCode('// See docs/rules.md#rule-13.')).toEqual(['1 docs/rules.md#rule-13 is not there']);
    expect(inCode('// As rule 5 wants.')).toEqual(['1 “rule 5”: write docs/rules.md#rule-N']);
  });

  test('names a file by its name alone that is nowhere, and a page outside the repository', () => {
    expect(checkDocument('docs/a.md', 'See `gone.test.ts`.', exists)[0]?.message).toBe(
      'gone.test.ts is not there',
    );
    expect(inCode('// As house.md says.')).toEqual(['1 house.md is not in the repository']);
  });

  test('does the same for a document', () => {
    expect(checkDocument('docs/a.md', '# A\n\nSee `lib/gone.ts`, anew.', exists)).toEqual([
      { file: 'docs/a.md', line: 3, message: 'lib/gone.ts is not there' },
      { file: 'docs/a.md', line: 3, message: '“anew”: say “again”' },
    ]);
  });
});
