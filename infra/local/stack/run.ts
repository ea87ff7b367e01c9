import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createLazyParameter, createSsmParameters } from '../../../lib/adapters/secrets/ssm-parameters.ts';
import type { Environment } from '../../../lib/config/load-configuration.ts';
import { createAwsClient } from '../../../lib/wiring/aws-client.ts';
import { alertmanagerSnippet } from '../alertmanager/alertmanager-snippet.ts';
import { type ApiGateway, startApiGateway } from '../aws/api-gateway.ts';
import { buildFunctions } from '../aws/build-functions.ts';
import { type LambdaStandIn, startLambdaStandIn } from '../aws/lambda-stand-in.ts';
import { startTicker } from '../aws/ticker.ts';
import { createLocalSlackActions } from '../inbox/press-local-button.ts';
import { startInbox } from '../inbox/start-inbox.ts';
import type { Closers } from './closers.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { startProgress } from './progress.ts';
import { firstToken, type ReadyStack } from './ready-stack.ts';
import { removeFolderNow } from './remove-folder.ts';
import { readSettings, withLocalDefaults } from './settings.ts';
import type { StandIns } from './stand-ins.ts';
import { StartError, startPart } from './start-error.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export type RunOptions = {
  environment: Environment;
  verbose: boolean;
  closers: Closers;
  /** The first task for the stack. The stack keeps running until it is stopped if this returns `stay`. */
  whenReady(stack: ReadyStack): Promise<'stay' | 'leave'>;
  say(text: string): void;
  /** Aborted to stop the stack, also while it starts. */
  stop: AbortSignal;
};

const CODE = "the functions' code";
const FUNCTIONS = 'the functions';

/**
 * Starts the whole stack and returns when it is stopped, also in the middle of its start, or no longer needed. Throws
 * a StartError or a ConfigurationError when it cannot run. Started parts are registered with `closers`, in the order
 * in which they came up.
 */
export async function run(options: RunOptions): Promise<void> {
  const running = start(options);
  // Whatever its start waits for, it can be stopped.
  await Promise.race([running, aborted(options.stop)]);
}

async function start(options: RunOptions): Promise<void> {
  const { closers, say, stop } = options;
  const settings = await readSettings(
    options.environment,
    createSsmParameters(createLazyParameter(createAwsClient())),
  );
  const { PORT: port, INBOX_PORT: inboxPort } = settings;
  const given = withLocalDefaults(options.environment, port);
  const gateway = await openDoor(port, given.PUBLIC_URL, options);
  // Loaded only now, because loading takes a while and the API's port is open already.
  const { standInNames, startStandIns } = await import('./stand-ins.ts');
  // Held until it is used, so that no stand-in gets it.
  const heldForInbox =
    inboxPort === undefined ? await holdPort(port + 1) : await holdOrFail(inboxPort, 'INBOX_PORT', closers);

  say('Starting the stand-ins and the functions …');
  const progress = startProgress({ parts: [...standInNames, CODE, FUNCTIONS], say });
  closers.add(progress);
  const made = settings.LOCAL_FUNCTIONS_FOLDER;
  const functionsFolder = made ?? (await makeFunctionsFolder(closers));
  const building = made === undefined ? buildFunctions(functionsFolder) : Promise.resolve();
  const bundled = building.then(() => progress.up(CODE));
  const standIns = await Promise.race([
    startStandIns({
      given,
      api: `http://127.0.0.1:${port}`,
      closers,
      onUp(part, says) {
        progress.up(part);
        if (!stop.aborted) say(`  ${part}: ${says}`);
      },
    }),
    failureOf(bundled),
  ]);
  const up = Promise.all([standIns.ready, bundled]);
  // It is awaited below; until then its failure waits too.
  up.catch(() => undefined);
  const inboxAddress = await startInboxPage(standIns, `http://127.0.0.1:${port}`, heldForInbox, closers);
  const lambda = await startLambda(options, standIns, functionsFolder);
  await Promise.all([up, bundled.then(() => lambda.untilAnswering())]);
  progress.up(FUNCTIONS);
  await startWorkers(standIns, lambda, closers);
  closers.add(startTicker(lambda, settings.LOCAL_TICK_SECONDS));
  if (stop.aborted) return;
  gateway.open(lambda.httpPort);

  const token = firstToken(given.WEBHOOK_TOKENS);
  say(welcome({ port, token, inboxAddress, given }));
  const ready = options.whenReady({
    url: `http://127.0.0.1:${port}`,
    token,
    prometheusUrl: standIns.variables.PROMETHEUS_URL ?? 'http://localhost:9090',
    arrivals: async () => ({
      messages: standIns.slack?.messages(),
      mails: standIns.smtp?.mails(),
    }),
  });
  if ((await ready) === 'leave') return;
  await lambda.ended;
}

/** Rejects with the promise, and never resolves. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return promise.then(() => new Promise<never>(() => undefined));
}

/** The API's port answers from now on, at first with 503. */
async function openDoor(
  port: number,
  publicUrl: string | undefined,
  options: RunOptions,
): Promise<ApiGateway> {
  const publicHost = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.host;
  const gateway = await startApiGateway({
    port,
    publicHosts: publicHost === undefined ? [] : [publicHost],
    onLine: (line) => tell(options, line),
  }).catch(() => failInUse(port, 'PORT'));
  options.closers.add(gateway);
  return gateway;
}

/** Warnings and errors of the functions, or with `verbose` all their lines. */
function tell({ verbose, say, stop }: RunOptions, line: string): void {
  // An interrupted request while everything stops is no fault.
  if (stop.aborted) return;
  if (verbose || /^\{"level":"(warn|error)"/.test(line)) say(line);
}

async function makeFunctionsFolder(closers: Closers): Promise<string> {
  // Inside the project, so that packages outside the bundle are found in its node_modules.
  const local = join(root, '.local');
  await mkdir(local, { recursive: true });
  const folder = await mkdtemp(join(local, 'functions-'));
  const removeNow = () => removeFolderNow(folder);
  process.on('exit', removeNow);
  closers.add({
    close: async () => {
      removeNow();
      process.off('exit', removeNow);
    },
  });
  return folder;
}

async function startLambda(
  options: RunOptions,
  standIns: StandIns,
  functionsFolder: string,
): Promise<LambdaStandIn> {
  const lambda = await startLambdaStandIn({
    functionsFolder,
    variables: standIns.variables,
    stop: options.stop,
    onLine: (line) => tell(options, line),
  });
  options.closers.add(lambda);
  return lambda;
}

async function startWorkers(standIns: StandIns, lambda: LambdaStandIn, closers: Closers): Promise<void> {
  const { startQueueWorker } = await import('../aws/queue-worker.ts');
  const { variables } = standIns;
  const queues = [
    { functionKey: 'diagnoseIncident', queueUrl: variables.DIAGNOSE_QUEUE_URL },
    { functionKey: 'deliverNotice', queueUrl: variables.DELIVER_QUEUE_URL },
    { functionKey: 'diagnoseDeadLetters', queueUrl: variables.DIAGNOSE_DEAD_LETTERS_URL },
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
  if (held === undefined) return failInUse(port, variable);
  closers.add({ close: held.letGo });
  return held;
}

function failInUse(port: number, variable: string): never {
  throw new StartError(
    `Port ${port} is in use; stop what listens there, or choose another port with ${variable}.`,
  );
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
    slack,
    smtp,
    slackAction: slack === undefined || !secret ? undefined : createLocalSlackActions({ api, secret, slack }),
    ...localTable(variables),
    port: held?.port ?? 0,
  });
  closers.add(inbox);
  return inbox.url;
}

/** The table's address, if it is on this machine: programs that fill it are not meant for another. */
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
