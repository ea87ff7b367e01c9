import { describe, expect, it } from 'vitest';
import { createSsmParameters } from '../../../lib/adapters/secrets/ssm-parameters.ts';

describe('createSsmParameters', () => {
  it('asks for a parameter once, however often it is wanted', async () => {
    const asked: string[] = [];
    const read = createSsmParameters(async (name) => {
      asked.push(name);
      return `value of ${name}`;
    });

    const values = await Promise.all([read('/a'), read('/b'), read('/a')]);

    expect(values).toEqual(['value of /a', 'value of /b', 'value of /a']);
    expect(asked).toEqual(['/a', '/b']);
  });

  it('asks again after a failure', async () => {
    const answers = [Promise.reject(new Error('throttled')), Promise.resolve('secret')];
    const read = createSsmParameters(() => answers.shift() ?? Promise.reject(new Error('asked too often')));

    await expect(read('/a')).rejects.toThrow('throttled');

    expect(await read('/a')).toBe('secret');
  });
});
