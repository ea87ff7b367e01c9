import { describe } from 'vitest';
import { playHalf } from './half.ts';

describe('random histories of an HA pair', () => {
  playHalf(1);
});
