import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRealProcess, waitForProcess } from '../processes/real-process.ts';
import { freePorts } from './free-ports.ts';

/** Enough for every table of the suites at once. */
const MEMORY = '-Xmx768m';

export type DynamodbLocal = { endpoint: string; stop(): Promise<void> };

/**
 * Amazon's own DynamoDB Local on a free port, in memory, telling nobody that it runs. `folder` holds its jar. It listens
 * on every interface of the machine and has no option against that. Throws when there is no Java.
 */
export async function startDynamodbLocal(folder: string): Promise<DynamodbLocal> {
  const logs = mkdtempSync(join(tmpdir(), 'dynamodb-local-'));
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const java = [
    '-Djava.library.path=./DynamoDBLocal_lib',
    MEMORY,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
  ];
  const server = await startRealProcess({
    command: 'java',
    args: [...java, '-jar', 'DynamoDBLocal.jar', '-port', `${port}`, '-inMemory', '-disableTelemetry'],
    cwd: folder,
    logFile: join(logs, 'log'),
  });
  async function stop(): Promise<void> {
    await server.stop();
    rmSync(logs, { recursive: true, force: true });
  }
  try {
    // Any answer will do: without a signed request it is an error.
    await waitForProcess('DynamoDB Local to answer', server, async () => (await fetch(endpoint)).status);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}
