import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createSsmParameters } from '../../lib/adapters/secrets/ssm-parameters.ts';
import type { Environment } from '../../lib/config/load-configuration.ts';
import { compileRunbooks } from '../../scripts/compile-runbooks.ts';
import { RunbookMistakes } from '../../scripts/runbook-checks/mistake.ts';
import { alertmanagerSnippet } from './alertmanager-snippet.ts';
import type { Closers } from './closers.ts';
import { createLocalPresses } from './inbox/press-local-button.ts';
import { startInbox } from './inbox/start-inbox.ts';
import { type LambdaStandIn, startLambdaStandIn } from './lambda-stand-in.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { startQueueWorker } from './queue-worker.ts';
import { firstToken, type ReadyStack } from './ready-stack.ts';
import { removeFolderNow } from './remove-folder.ts';
import { readSettings, withLocalDefaults } from './settings.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';
import { StartError, startPart } from './start-error.ts';
import { startTicker } from './ticker.ts';

const root = join(import.meta.dirname, '..', '..');

export type RunOptions = {
  environment: Environment;
  verbose: boolean;
  closers: Closers;
  /** What to do with it first. The stack stays until it is stopped when this gives back `stay`. */
  whenReady(stack: ReadyStack): Promise<'stay' | 'leave'>;
  say(text: string): void;
  /** Aborted when the stack is to stop, also while it starts. */
  stop: AbortSignal;
};

/**
 * Starts the whole stack and returns when it is stopped, or not wanted any more. Throws a StartError or a ConfigurationError when it
 * cannot run. What was started is registered with `closers`, in the order in which it came up.
 */
export async function run(options: RunOptions): Promise<void> {
  const { closers, say, stop } = options;
  const settings = await readSettings(options.environment, createSsmParameters());
  const { PORT: port, INBOX_PORT: inboxPort } = settings;
  const given = withLocalDefaults(options.environment, port);
  checkRunbooks();
  // Held until they are used, so that no stand-in is given one of them.
  const held = await holdOrFail(port, 'PORT', closers);
  const heldForInbox =
    inboxPort === undefined ? await holdPort(port + 1) : await holdOrFail(inboxPort, 'INBOX_PORT', closers);

  say('Starting the stand-ins …');
  const standIns = await startStandIns(given, `http://127.0.0.1:${port}`, closers);
  if (stop.aborted) return;
  for (const part of standIns.parts) say(`  ${part}`);
  const inboxAddress = await startInboxPage(standIns, `http://127.0.0.1:${port}`, heldForInbox, closers);

  say('Bundling the functions …');
  const lambda = await startLambda(options, standIns, held);
  if (stop.aborted) return;
  await startWorkers(standIns, lambda, closers);
  closers.add(startTicker(lambda, settings.LOCAL_TICK_SECONDS));

  const token = firstToken(given.WEBHOOK_TOKENS);
  say(welcome({ port, token, inboxAddress, given }));
  if (stop.aborted) return;
  const ready = options.whenReady({
    url: `http://127.0.0.1:${port}`,
    ...(token === undefined ? {} : { token }),
    prometheusUrl: standIns.variables.PROMETHEUS_URL ?? 'http://localhost:9090',
    arrivals: async () => ({
      ...(standIns.slack === undefined ? {} : { messages: standIns.slack.messages() }),
      ...(standIns.smtp === undefined ? {} : { mails: standIns.smtp.mails() }),
    }),
  });
  const then = await Promise.race([ready, aborted(stop)]);
  if (then === 'leave') return;
  await Promise.race([aborted(stop), lambda.ended]);
}

/** The bundler compiles them; here a mistake can still be told as what it is. */
function checkRunbooks(): void {
  try {
    compileRunbooks(join(root, 'runbooks'));
  } catch (error) {
    if (error instanceof RunbookMistakes) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

async function startLambda(options: RunOptions, standIns: StandIns, held: HeldPort): Promise<LambdaStandIn> {
  // Inside the project, so that what is not bundled is found in its node_modules.
  const local = join(root, '.local');
  await mkdir(local, { recursive: true });
  const buildFolder = await mkdtemp(join(local, 'build-'));
  const removeNow = () => removeFolderNow(buildFolder);
  process.on('exit', removeNow);
  options.closers.add({
    close: async () => {
      removeNow();
      process.off('exit', removeNow);
    },
  });
  const starting = startLambdaStandIn({
    held,
    buildFolder,
    variables: standIns.variables,
    stop: options.stop,
    onLine: (line) => {
      if (options.verbose || /^\{"level":"(warn|error)"/.test(line)) options.say(line);
    },
  });
  const lambda = await starting;
  options.closers.add(lambda);
  return lambda;
}

async function startWorkers(standIns: StandIns, lambda: LambdaStandIn, closers: Closers): Promise<void> {
  const { variables } = standIns;
  const queues = [
    { functionKey: 'diagnoseIncident', queueUrl: variables.DIAGNOSE_QUEUE_URL },
    { functionKey: 'deliverNotice', queueUrl: variables.DELIVER_QUEUE_URL },
    { functionKey: 'diagnoseFallback', queueUrl: variables.DIAGNOSE_DEAD_LETTERS_URL },
  ];
  for (const { functionKey, queueUrl } of queues) {
    if (queueUrl === undefined) continue;
    const worker = await startPart(`The worker of ${functionKey}`, 'check AWS_ENDPOINT_URL_SQS', () =>
      startQueueWorker({ queueUrl, functionKey, lambda, variables }),
    );
    closers.add(worker);
  }
}

async function holdOrFail(port: number, variable: string, closers: Closers): Promise<HeldPort> {
  const held = await holdPort(port);
  if (held === undefined) {
    throw new StartError(
      `Port ${port} is in use; stop what listens there, or choose another port with ${variable}.`,
    );
  }
  closers.add({ close: held.letGo });
  return held;
}

/** On the port that was held for it, else on any. */
async function startInboxPage(
  { slack, smtp, variables }: StandIns,
  api: string,
  held: HeldPort | undefined,
  closers: Closers,
): Promise<string> {
  await held?.letGo();
  const secret = variables.SLACK_SIGNING_SECRET;
  const inbox = await startInbox({
    ...(slack === undefined ? {} : { slack }),
    ...(smtp === undefined ? {} : { smtp }),
    ...(slack === undefined || !secret ? {} : { press: createLocalPresses({ api, secret, slack }) }),
    ...localTable(variables),
    port: held?.port ?? 0,
  });
  closers.add(inbox);
  return inbox.url;
}

/** Only a table on this machine is told of: what fills it was not meant for another. */
function localTable({ AWS_ENDPOINT_URL_DYNAMODB: endpoint, TABLE_NAME: tableName }: StandIns['variables']) {
  const local = endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(endpoint);
  return local && tableName !== undefined ? { table: { endpoint, tableName } } : {};
}

function welcome(parts: {
  port: number;
  token: string | undefined;
  inboxAddress: string;
  given: Environment;
}): string {
  const { port, token, inboxAddress, given } = parts;
  return `
Ready: http://localhost:${port}
Inbox: ${inboxAddress}  (Slack messages and mails that arrived at the stand-ins)
Console: http://localhost:${port}/console  (token ${firstToken(given.WRITE_TOKENS) ?? 'WRITE_TOKEN'})

Read:  curl -H 'authorization: Bearer ${firstToken(given.READ_TOKENS) ?? 'READ_TOKEN'}' http://localhost:${port}/incidents

To point a real Alertmanager here, put this into its alertmanager.yml:

${alertmanagerSnippet(port, token ?? 'WEBHOOK_TOKEN')}
Ctrl-C stops everything.
`;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
