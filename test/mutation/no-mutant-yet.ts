import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    mutantActivation: 'static' | 'runtime' | undefined;
  }
}

/*
 * In a thread that stays, the last mutant would still be on while a test file is loaded; it would be killed by what the
 * one before did.
 */
if (inject('mutantActivation') === 'runtime') {
  const stryker: unknown = Reflect.get(globalThis, '__stryker__');
  if (typeof stryker === 'object' && stryker !== null) Reflect.deleteProperty(stryker, 'activeMutant');
}
