import type { SSMClientConfig } from '@aws-sdk/client-ssm';

/**
 * Reads SSM parameters, decrypted, each once in the life of the process. The SDK's client is loaded with the
 * first read, so that who keeps no secret there pays nothing for it.
 */
export function createSsmParameters(
  fetch: (name: string) => Promise<string>,
): (name: string) => Promise<string> {
  const read = new Map<string, Promise<string>>();
  return (name) => {
    const known = read.get(name);
    if (known) return known;
    const value = fetch(name);
    read.set(name, value);
    // A failed read may work at the next try.
    value.catch(() => read.delete(name));
    return value;
  };
}

/** Reads one parameter; what it needs for that is loaded then. */
export function createLazyParameter(options: SSMClientConfig): (name: string) => Promise<string> {
  return async (name) => {
    const { fetchParameter } = await import('./fetch-parameter.ts');
    return fetchParameter(name, options);
  };
}
