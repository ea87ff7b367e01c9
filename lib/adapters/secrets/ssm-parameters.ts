import type { SSMClientConfig } from '@aws-sdk/client-ssm';

/**
 * Reads SSM parameters, decrypted, each once in the life of the process. The SDK's client is loaded with the
 * first read, so that a deployment without secrets there pays nothing for it.
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
    // The next attempt at a failed read may work.
    value.catch(() => read.delete(name));
    return value;
  };
}

/** Reads one parameter; the client is loaded then. */
export function createLazyParameter(options: SSMClientConfig): (name: string) => Promise<string> {
  return async (name) => {
    const { fetchParameter } = await import('./fetch-parameter.ts');
    return fetchParameter(name, options);
  };
}
