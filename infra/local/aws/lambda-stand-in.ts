import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pickTwoPorts } from '../stack/ports.ts';
import { StartError } from '../stack/start-error.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const STAGE = 'local';
/** The child has nothing to lose; a longer wait only waits for idle connections. */
const STOP_WITHIN = 1_500;
const POLL_MS = 50;
/** Each function has a heap of its own, and some twenty of them add up. */
const FRUGAL = ['--optimize-for-size', '--max-semi-space-size=2'];
const GUARD = ['--import', new URL('guard-servers.mjs', import.meta.url).href];

/** A function's answer; `failed` when it threw or could not be reached, as Lambda's own callers see it. */
export type Invocation = { kind: 'returned'; value: unknown } | { kind: 'failed'; reason: string };

export type LambdaStandIn = {
  /** The address for requests; a function that throws is answered 200 there. */
  httpPort: number;
  /**
   * Resolves when the webhook route is ready, however long a busy machine takes. Throws a StartError when the process
   * ends first, when the webhook refuses its configuration, or when `stop` is aborted.
   */
  untilAnswering(): Promise<void>;
  /** `functionKey` is the name in serverless.yml. */
  invoke(functionKey: string, event: unknown): Promise<Invocation>;
  /** Settles when the process ends without a request to stop. */
  ended: Promise<never>;
  close(): Promise<void>;
};

export type LambdaStandInOptions = {
  variables: Record<string, string>;
  /** The folder of the functions' code, filled before the first request. */
  functionsFolder: string;
  /** Lines that the process and its functions write. */
  onLine(line: string): void;
  /** Aborted while it starts: the start fails. */
  stop: AbortSignal;
  /** The folder of serverless.yml; this project's own when absent. */
  service?: string;
};

/** Lambda: `serverless offline` in a process of its own. Throws a StartError when it cannot run at all. */
export async function startLambdaStandIn(options: LambdaStandInOptions): Promise<LambdaStandIn> {
  checkInstalled();
  const [http, lambda] = await pickTwoPorts();
  const ports = { http, lambda };
  const child = spawnOffline(options, ports);
  const lines = followLines(child, options.onLine);
  // However this process ends, the child ends with it, before the folder that it reads from is removed.
  const killNow = () => child.kill('SIGKILL');
  process.prependListener('exit', killNow);
  const exit = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.off('exit', killNow);
      resolve();
    });
  });
  let closing = false;

  const ended = exit.then((): never => {
    if (closing) throw new StartError('It was stopped.');
    throw new StartError(`The functions' process ended by itself${lastWords(lines)}.`);
  });
  ended.catch(() => undefined);

  return {
    httpPort: ports.http,
    untilAnswering: () => Promise.race([untilRefused(ports.http, options.stop), ended]),
    invoke: (functionKey, event) => invoke(ports.lambda, functionKey, event),
    ended,
    async close() {
      closing = true;
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const stopped = await Promise.race([exit.then(() => true), pause(STOP_WITHIN, false, { ref: false })]);
      if (!stopped) child.kill('SIGKILL');
      await exit;
    },
  };
}

type OfflinePorts = { http: number; lambda: number };

/** Checked first, because a missing package would show as a stack trace of the child. */
function checkInstalled(): void {
  for (const name of ['serverless', 'serverless-offline', 'esbuild']) {
    if (existsSync(join(root, 'node_modules', name))) continue;
    throw new StartError(`The package ${name} is missing; run npm ci first.`);
  }
}

function spawnOffline(options: LambdaStandInOptions, { http, lambda }: OfflinePorts): ChildProcess {
  const serverless = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const ports = ['--httpPort', String(http), '--lambdaPort', String(lambda)];
  const args = [serverless, 'offline', 'start', '--stage', STAGE, '--host', '127.0.0.1', ...ports];
  return spawn(process.execPath, [...FRUGAL, ...GUARD, ...args], {
    cwd: options.service ?? root,
    env: { ...options.variables, LOCAL_FUNCTIONS_FOLDER: relative(root, options.functionsFolder) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Keeps the last lines in case the process dies. */
function followLines(child: ChildProcess, onLine: (line: string) => void): string[] {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        kept.push(line);
        onLine(line);
      }
      kept.splice(0, kept.length - 50);
    });
  }
  return kept;
}

/** The most useful line: an error's, without the stack below it. */
function lastWords(lines: string[]): string {
  const line = lines.find((each) => /error/i.test(each) && each.trim().length > 8);
  const output = line?.replace(/^\W+/, '').trim().slice(0, 300);
  return output ? `, saying "${output}"` : '';
}

/** Asks without a token: 401 means that the code is loaded, its variables are valid and tokens are compared. */
async function untilRefused(port: number, stop: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${port}/webhooks/alertmanager`;
  for (;;) {
    // Without a limit of its own: each abandoned try would leave one more copy of the function loading.
    const answer = await fetch(url, { method: 'POST', signal: stop }).then(
      async (response) => ({ status: response.status, body: await response.text() }),
      () => undefined,
    );
    if (stop.aborted) throw new StartError('It was stopped while it started.');
    if (answer?.status === 401) return;
    if (answer?.status === 503)
      throw new StartError('The webhook refuses its configuration; see the line above.');
    // It answers, so waiting longer changes nothing.
    if (answer)
      throw new StartError(`The webhook cannot be used: HTTP ${answer.status}, ${reasonIn(answer.body)}`);
    await pause(POLL_MS);
  }
}

/** The message of `serverless offline` about a function that cannot be loaded, without the stack below it. */
function reasonIn(body: string): string {
  const output = /"errorMessage":\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body;
  return output.split('\\n')[0]?.slice(0, 300) ?? '';
}

async function invoke(lambdaPort: number, functionKey: string, event: unknown): Promise<Invocation> {
  const name = `first-responder-${STAGE}-${functionKey}`;
  try {
    const response = await fetch(`http://127.0.0.1:${lambdaPort}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    const text = await response.text();
    const failed = !response.ok || response.headers.has('x-amz-function-error');
    if (failed) return { kind: 'failed', reason: `${functionKey}: HTTP ${response.status}` };
    return { kind: 'returned', value: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
