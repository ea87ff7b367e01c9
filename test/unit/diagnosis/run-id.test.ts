import { describe, expect, test } from 'vitest';
import { getNamedValue, parseRunId } from '../../../lib/core/diagnosis/findings/finding.ts';

describe('the id of a finding', () => {
  test.each([
    ['pool', { step: 'pool' }],
    ['log:technical-agent', { step: 'log', value: 'technical-agent' }],
    ['up:cart:80', { step: 'up', value: 'cart:80' }],
  ])('contains its step and value: %s', (stepId, expected) => {
    expect(parseRunId(stepId)).toEqual(expected);
  });

  test.each([
    ['log:api', '3 errors', 'api'],
    ['log:api', 'api logs errors', undefined],
    ['log:api', 'errors in (api)', undefined],
    ['log:api', 'api-1 and rapid, then myapi', 'api'],
    ['log:api', 'rapid api', undefined],
    ['log:', 'x', undefined],
    ['pool', '3 errors', undefined],
  ])(
    '%s adds its value to the sentence unless the sentence has it as a word: %s',
    (stepId, sentence, expected) => {
      expect(getNamedValue({ stepId, sentence })).toBe(expected);
    },
  );
});
