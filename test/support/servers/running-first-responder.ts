import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type LiveProcess, processTree } from '../processes/process-tree.ts';
import { startRealProcess, waitForProcess } from '../processes/real-process.ts';
import { freePorts } from './free-ports.ts';

export const WEBHOOK_TOKEN = 'e2e-webhook-token';
export const READ_TOKEN = 'e2e-history-read-token';
export const WRITE_TOKEN = 'e2e-history-write-token';

const incidentSchema = z.looseObject({
  id: z.string(),
  alertname: z.string(),
  status: z.string(),
  severity: z.string(),
});
const listSchema = z.looseObject({ incidents: z.array(incidentSchema) });
const outcomesSchema = z.looseObject({
  incidents: z.array(z.looseObject({ id: z.string(), outcome: z.string() })),
});
const findingSchema = z.looseObject({
  title: z.string(),
  kind: z.string(),
  verdict: z.string(),
  sentence: z.string(),
});
const recordSchema = z.looseObject({
  diagnoses: z.array(z.looseObject({ findings: z.array(findingSchema) })),
});

export type ListedIncident = z.infer<typeof incidentSchema>;
export type IncidentRecord = z.infer<typeof recordSchema>;

/** The whole local stack, started like a user starts it. */
export type RunningFirstResponder = {
  readonly url: string;
  readonly webhookURL: string;
  /** Posts a webhook like Alertmanager; returns the result of each incident. */
  post(body: string): Promise<string[]>;
  incidents(): Promise<ListedIncident[]>;
  record(id: string): Promise<IncidentRecord>;
  /** Every process of the stack. */
  processes(): LiveProcess[];
  log(): string;
  /** Like Ctrl-C in a terminal: SIGINT to the whole foreground group. Returns the exit code. */
  interrupt(): Promise<number | NodeJS.Signals | undefined>;
  stop(options?: { keep: boolean }): Promise<void>;
};

export type StartOptions = {
  /** Plays the sample incident, as without `--no-demo`. */
  demo?: boolean;
  /** Called with its port as soon as it is chosen. */
  onPort?(port: number): void;
};

/** Runs `npm start -- --no-demo` and waits for `Ready:`. `settings` are the variables of the configuration. */
export async function startFirstResponder(
  settings: Record<string, string>,
  { demo = false, onPort }: StartOptions = {},
): Promise<RunningFirstResponder> {
  const folder = mkdtempSync(join(tmpdir(), 'first-responder-e2e-'));
  const [port = 0] = await freePorts(1);
  onPort?.(port);
  // The last one marks the processes of a run of .ci/run.
  const { PATH, HOME, FIRST_RESPONDER_CI_RUN } = process.env;
  const logFile = join(folder, 'first-responder.log');
  const npm = await startRealProcess({
    command: 'npm',
    args: ['start', ...(demo ? [] : ['--', '--no-demo'])],
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      PATH,
      HOME,
      FIRST_RESPONDER_CI_RUN,
      PORT: String(port),
      WEBHOOK_TOKENS: `prod=${WEBHOOK_TOKEN}`,
      READ_TOKENS: READ_TOKEN,
      WRITE_TOKENS: WRITE_TOKEN,
      ...settings,
    },
    ownGroup: true,
    logFile,
  });
  const stop = async ({ keep } = { keep: false }) => {
    await npm.stop('SIGINT');
    if (keep) console.error(`the log is kept in ${logFile}`);
    else rmSync(folder, { recursive: true, force: true });
  };
  const url = await waitForProcess(
    'first-responder to be ready',
    npm,
    () => /^Ready: (http:\S+)/m.exec(npm.log())?.[1],
  ).catch(async (error: unknown) => {
    await stop({ keep: true });
    throw error;
  });

  async function read(path: string): Promise<unknown> {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${READ_TOKEN}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
  const webhookURL = `${url}/webhooks/alertmanager`;
  return {
    url,
    webhookURL,
    async post(body) {
      const response = await fetch(webhookURL, {
        method: 'POST',
        headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, 'content-type': 'application/json' },
        body,
      });
      if (!response.ok) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
      return outcomesSchema.parse(await response.json()).incidents.map(({ outcome }) => outcome);
    },
    incidents: async () => listSchema.parse(await read('/incidents')).incidents,
    record: async (id) => recordSchema.parse(await read(`/incidents/${id}`)),
    processes: () => processTree(npm.pid),
    log: npm.log,
    async interrupt() {
      await npm.stop('SIGINT');
      return npm.ended();
    },
    stop,
  };
}
