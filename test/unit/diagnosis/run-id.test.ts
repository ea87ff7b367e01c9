import { describe, expect, test } from 'vitest';
import { getNamedValue, parseRunId } from '../../../lib/core/diagnosis/findings/finding.ts';

describe('the name of a finding', () => {
  test.each([
    ['pool', { step: 'pool' }],
    ['log:technical-agent', { step: 'log', value: 'technical-agent' }],
    ['up:cart:80', { step: 'up', value: 'cart:80' }],
  ])('says of which step and value it is: %s', (stepId, expected) => {
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
    '%s is added to its sentence only where that does not hold it as a word: %s',
    (stepId, sentence, expected) => {
      expect(getNamedValue({ stepId, sentence })).toBe(expected);
    },
  );
});
