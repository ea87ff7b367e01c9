/**
 * Reads SSM parameters, decrypted, each once in the life of the process. The SDK's client is loaded with the
 * first read, so that who keeps no secret there pays nothing for it.
 */
export function createSsmParameters(): (name: string) => Promise<string> {
  const read = new Map<string, Promise<string>>();
  return (name) => {
    const known = read.get(name);
    if (known) return known;
    const value = fetchParameter(name);
    read.set(name, value);
    // A failed read may work at the next try.
    value.catch(() => read.delete(name));
    return value;
  };
}

async function fetchParameter(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({ maxAttempts: 3 });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (Parameter?.Value === undefined) throw new Error('the parameter has no value');
    return Parameter.Value;
  } finally {
    client.destroy();
  }
}
