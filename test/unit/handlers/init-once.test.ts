import { describe, expect, it } from 'vitest';
import { initOnce, rethrowInitError } from '../../../handlers/middleware/init-once.ts';
import { lambdaContext } from '../../support/factories/http-event.ts';

describe('coldStart', () => {
  it('builds once, at import', async () => {
    let built = 0;
    const handler = initOnce(async () => {
      built += 1;
      return async (event: string) => `answer to ${event}`;
    }, rethrowInitError);

    expect(built).toBe(1);
    expect(await handler('a', lambdaContext)).toBe('answer to a');
    expect(await handler('b', lambdaContext)).toBe('answer to b');
    expect(built).toBe(1);
  });

  it('answers with the refusal while building fails, and builds anew for the next one', async () => {
    const builds = [
      Promise.reject(new Error('SSM is down')),
      Promise.resolve(async (event: string) => `answer to ${event}`),
    ];
    const handler = initOnce(
      () => builds.shift() ?? Promise.reject(new Error('built too often')),
      (error) => `refused: ${String(error)}`,
    );

    expect(await handler('a', lambdaContext)).toBe('refused: Error: SSM is down');
    expect(await handler('b', lambdaContext)).toBe('answer to b');
  });

  it('leaves failures of the work itself alone', async () => {
    const handler = initOnce(
      async () => () => Promise.reject(new Error('work failed')),
      () => 'refused',
    );

    await expect(handler('a', lambdaContext)).rejects.toThrow('work failed');
  });
});
