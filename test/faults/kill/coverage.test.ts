import { expect, it } from 'vitest';
import { FaultySystem } from '../world/faulty-system.ts';
import { listUncalled } from './coverage.ts';
import { listPortMethods } from './port-methods.ts';

/** Methods that no flow calls on purpose, with the reason. */
const exceptions: Record<string, string> = {};

it('each method of each port is called by a flow that is struck', async () => {
  const methods = await listPortMethods(new FaultySystem());

  expect(methods.length).toBeGreaterThan(45);
  expect(await listUncalled()).toEqual(Object.keys(exceptions));
});
