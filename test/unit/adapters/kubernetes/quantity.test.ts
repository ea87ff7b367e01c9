import { expect, test } from 'vitest';
import { parseQuantity } from '../../../../lib/adapters/kubernetes/quantity.ts';

test.each([
  ['250m', 0.25],
  ['1', 1],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['120340n', 0.00012034],
  ['15u', 0.000015],
  ['512Mi', 536_870_912],
  ['2Gi', 2_147_483_648],
  ['64Ki', 65_536],
  ['129M', 129_000_000],
  ['1k', 1_000],
  ['129e6', 129_000_000],
  ['1E', 1e18],
])('%s is %d', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 12);
});

test.each(['', 'Mi', '1 Gi', '1Gib', '1K', '--1', 'NaN', '1e', undefined, 5])('%s is no amount', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
