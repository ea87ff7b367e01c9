import { GetParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';

/** One parameter of SSM Parameter Store, decrypted. Throws when it does not exist or may not be read. */
export async function fetchParameter(name: string, options: SSMClientConfig): Promise<string> {
  const client = new SSMClient(options);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (Parameter?.Value === undefined) throw new Error('the parameter has no value');
    return Parameter.Value;
  } finally {
    client.destroy();
  }
}
