import { describe, expect, it } from 'vitest';
import { createClosers } from '../../../infra/local/stack/closers.ts';

function part(name: string, closed: string[]) {
  return {
    async close() {
      closed.push(name);
    },
  };
}

describe('what was started', () => {
  it('is closed newest first, and once', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add(part('table', closed));
    closers.add(part('functions', closed));

    await Promise.all([closers.closeAll(), closers.closeAll()]);

    expect(closed).toEqual(['functions', 'table']);
  });

  it('is closed at once when it comes up after everything was told to stop', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    await closers.closeAll();

    closers.add(part('functions', closed));

    expect(closed).toEqual(['functions']);
  });

  it('is closed as soon as it is up when it was still starting', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    const starting = Promise.withResolvers<ReturnType<typeof part>>();
    closers.addStarting(starting.promise);

    const stopping = closers.closeAll();
    starting.resolve(part('database', closed));
    await stopping;

    expect(closed).toEqual(['database']);
  });

  it('holds nothing up when it could not start', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add(part('table', closed));
    closers.addStarting(Promise.reject(new Error('no free port')));

    await closers.closeAll();

    expect(closed).toEqual(['table']);
  });
});
