import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startApiGateway } from './api-gateway.ts';
import type { Listening } from './listen-on-loopback.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { StartError } from './start-error.ts';

const root = join(import.meta.dirname, '..', '..');
const STAGE = 'local';
const READY_WITHIN = 60_000;
/** It keeps nothing that would be lost; waiting longer only waits for idle connections. */
const STOP_WITHIN = 1_500;

/** What a function answered; `failed` when it threw or could not be reached, as Lambda's own callers see it. */
export type Invocation = { kind: 'returned'; value: unknown } | { kind: 'failed'; reason: string };

export type LambdaStandIn = {
  /** `functionKey` is the name in serverless.yml. */
  invoke(functionKey: string, event: unknown): Promise<Invocation>;
  /** Settles when the process ends without having been told to. */
  ended: Promise<never>;
  close(): Promise<void>;
};

export type LambdaStandInOptions = {
  /** The API's port; let go in the moment in which it is needed. */
  held: HeldPort;
  variables: Record<string, string>;
  /** Where bundles go; removed by whoever made it. */
  buildFolder: string;
  /** Lines that the process and its functions write. */
  onLine(line: string): void;
  /** Aborted while it starts: it is stopped and the start fails. */
  stop: AbortSignal;
  /** Where serverless.yml is; this project's own when absent. */
  service?: string;
};

/**
 * API Gateway and Lambda: `serverless offline` in a process of its own, with the bundles that would be deployed, behind
 * a door that answers as API Gateway does when a function fails. Resolves when a delivery can be taken in. Throws a StartError when that does not come to pass.
 */
export async function startLambdaStandIn(options: LambdaStandInOptions): Promise<LambdaStandIn> {
  checkInstalled();
  const ports = await portsForOffline();
  const child = spawnOffline(options, ports);
  const lines = followLines(child, options.onLine);
  // However this process ends, the child goes with it, and before the folder that it writes to.
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

  let gateway: Listening | undefined;
  async function close(): Promise<void> {
    closing = true;
    await gateway?.close();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const stopped = await Promise.race([exit.then(() => true), pause(STOP_WITHIN, false, { ref: false })]);
    if (!stopped) child.kill('SIGKILL');
    await exit;
  }

  try {
    await Promise.race([untilReady(ports.http), ended, failOn(options.stop)]);
    gateway = await startApiGateway({ ...options, offlinePort: ports.http });
  } catch (error) {
    await close();
    throw error;
  }
  return { invoke: (functionKey, event) => invoke(ports.lambda, functionKey, event), ended, close };
}

type OfflinePorts = { http: number; lambda: number };

/** Held together before they are let go, so that they are two. */
async function portsForOffline(): Promise<OfflinePorts> {
  const [http, lambda] = [await holdPort(0), await holdPort(0)];
  if (http === undefined || lambda === undefined) {
    throw new StartError('There is no free port on 127.0.0.1.');
  }
  await Promise.all([http.letGo(), lambda.letGo()]);
  return { http: http.port, lambda: lambda.port };
}

/** Their absence would show as a stack trace of the child. */
function checkInstalled(): void {
  for (const name of ['serverless', 'serverless-offline', 'serverless-esbuild', 'esbuild']) {
    if (existsSync(join(root, 'node_modules', name))) continue;
    throw new StartError(`The package ${name} is missing; run npm ci first.`);
  }
}

function spawnOffline(options: LambdaStandInOptions, { http, lambda }: OfflinePorts): ChildProcess {
  const serverless = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const ports = ['--httpPort', String(http), '--lambdaPort', String(lambda)];
  const args = [serverless, 'offline', 'start', '--stage', STAGE, '--host', '127.0.0.1', ...ports];
  return spawn(process.execPath, args, {
    cwd: options.service ?? root,
    env: { ...options.variables, LOCAL_BUILD_FOLDER: relative(root, options.buildFolder) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Keeps the last lines for the case that the process dies. */
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

/** The one line that tells most: an error's, without the stack below it. */
function lastWords(lines: string[]): string {
  const line = lines.find((each) => /error/i.test(each) && each.trim().length > 8) ?? lines.at(-1);
  const said = line?.replace(/^\W+/, '').trim().slice(0, 300);
  return said ? `, saying "${said}"` : '';
}

/** Asks without a token: 401 means that the code is loaded, its variables are good and tokens are compared. */
async function untilReady(port: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  const url = `http://127.0.0.1:${port}/webhooks/alertmanager`;
  for (;;) {
    const status = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 401) return;
    if (status === 503) throw new StartError('The webhook refuses its configuration; see the line above.');
    if (Date.now() > deadline)
      throw new StartError(`The webhook did not answer within ${READY_WITHIN / 1000} s.`);
    await pause(100);
  }
}

function failOn(stop: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new StartError('It was stopped while it started.'));
    if (stop.aborted) fail();
    stop.addEventListener('abort', fail, { once: true });
  });
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
