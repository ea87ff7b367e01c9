import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../../../lib/config/load-configuration.ts';
import { type Arrivals, firstToken, type ReadyStack } from '../stack/ready-stack.ts';
import { withLocalDefaults } from '../stack/settings.ts';

const PATIENCE = 10_000;
const POLL_MS = 250;

/** The stack that `npm start` runs with the same environment, if there is one. Waits for one that still starts. */
export async function findRunningStack(
  environment: Environment,
  onWait: () => void,
): Promise<ReadyStack | undefined> {
  const port = Number(environment['PORT'] ?? 3000);
  const url = `http://127.0.0.1:${port}`;
  if (!(await isUp(`${url}/health`, onWait))) return undefined;
  const inbox = `http://127.0.0.1:${environment['INBOX_PORT'] ?? port + 1}`;
  const token = firstToken(withLocalDefaults(environment, port)['WEBHOOK_TOKENS']);
  return {
    url,
    token,
    prometheusUrl: environment['PROMETHEUS_URL'] ?? 'http://localhost:9090',
    async arrivals() {
      const [messages, mails] = await Promise.all([get(`${inbox}/messages`), get(`${inbox}/mails`)]);
      // The inbox is this project's own, so its answers have their declared types.
      const arrivals: Arrivals = JSON.parse(
        `{${[messages && `"messages":${messages}`, mails && `"mails":${mails}`].filter(Boolean).join()}}`,
      );
      return arrivals;
    },
  };
}

/** Its API answers 503 until it is ready; `onWait` is called once in that case. */
async function isUp(url: string, onWait: () => void): Promise<boolean> {
  for (let waited = false; ; waited = true) {
    const status = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status !== 503) return status === 200;
    if (!waited) onWait();
    await pause(POLL_MS);
  }
}

async function get(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
