import { startLocalAlertmanager } from '../alertmanager/alertmanager.ts';
import { createLocalTable, localCredentials, localRegion, startLocalDynamodb } from '../aws/dynamodb.ts';
import { createLocalQueues, startLocalSqs } from '../aws/sqs.ts';
import { startLocalKubernetes } from '../kubernetes/kubernetes.ts';
import { type LocalSmtp, startLocalSmtp } from '../mail/smtp.ts';
import { keepWorldFresh } from '../postgres/freshen-world.ts';
import { readerConnectionString, startLocalPostgres } from '../postgres/postgres.ts';
import { startLocalPrometheus } from '../prometheus/local-prometheus.ts';
import { startLocalServices } from '../services/services.ts';
import { type LocalSlack, startLocalSlack } from '../slack/slack.ts';
import type { Closers } from './closers.ts';
import { holdFreePort } from './ports.ts';
import { firstToken } from './ready-stack.ts';
import { startPart } from './start-error.ts';

type Variables = Record<string, string>;

export type StandIns = {
  /** The given variables, and those that point at the stand-ins for the rest. */
  variables: Variables;
  slack?: LocalSlack;
  smtp?: LocalSmtp;
  /** Settles when the last of them has come up; its failure is a StartError. */
  ready: Promise<void>;
};

export type StandInOptions = {
  given: Variables;
  /** The address of the stack. */
  api: string;
  closers: Closers;
  /** Called for each part as it comes up: its name, and whether it is real or a stand-in. */
  onUp(part: string, says: string): void;
};

/** Signs the actions of the inbox page, for use on one machine only. */
const LOCAL_SIGNING_SECRET = 'local-signing-secret';
/** Slack requires some token; a stand-in given by SLACK_API_URL alone has none of its own. */
const PLACEHOLDER_TOKEN = 'xoxb-local';

/**
 * Starts a stand-in for each part whose variable is not set, all at once, and registers how each is stopped. Resolves
 * as soon as all addresses are known, so that the functions can start in parallel with the slow parts.
 * The variables: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS, DATABASE_URL, PROMETHEUS_URL, KUBERNETES_URL,
 * ALERTMANAGER_URL, HTTP_TARGETS, SMTP_HOST, and for Slack any of SLACK_API_URL, SLACK_BOT_TOKEN and SLACK_WEBHOOK_URL.
 * Throws a StartError when a part cannot be started.
 */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const { given, api, closers, onUp } = options;
  const [smtp, slack, ...others] = await Promise.all([
    smtpPart(given, closers),
    slackPart(given, closers),
    dynamodbPart(given, closers),
    sqsPart(given, closers),
    postgresPart(given, closers),
    prometheusPart(given, closers),
    alertmanagerPart(given, api, closers),
    kubernetesPart(given, closers),
    servicesPart(given, closers),
  ]);
  const parts = [...others, smtp, slack];
  const ready = Promise.all(parts.map(async ({ name, says }) => onUp(name, await says)));
  return {
    variables: Object.assign({}, given, awsIdentity(given), ...parts.map((part) => part.variables)),
    ready: ready.then(() => undefined),
    slack: slack.slack,
    smtp: smtp.smtp,
  };
}

/** `says` resolves once the part is up. */
type Part = { name: StandInName; variables: Variables; says: string | Promise<string> };

/** Every part that the stack waits for, in words. */
export const standInNames = [
  'DynamoDB',
  'SQS',
  'PostgreSQL',
  'Prometheus',
  'Alertmanager',
  'Kubernetes',
  'Services',
  'Mail',
  'Slack',
] as const;

type StandInName = (typeof standInNames)[number];

async function dynamodbPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'DynamoDB';
  const tableName = given.TABLE_NAME ?? 'first-responder';
  const endpoint = given.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint !== undefined) {
    await startPart('The table', 'check AWS_ENDPOINT_URL_DYNAMODB and TABLE_NAME', async () => {
      // With TABLE_NAME the table exists already; without it, this is an empty emulator in which to create it.
      if (given.TABLE_NAME === undefined) await createLocalTable(endpoint, tableName).catch(unlessExists);
    });
    return { name, variables: { TABLE_NAME: tableName }, says: 'AWS_ENDPOINT_URL_DYNAMODB' };
  }
  const dynamodb = await startPart(
    "DynamoDB's stand-in",
    'set AWS_ENDPOINT_URL_DYNAMODB to use another',
    () => startLocalDynamodb({ tableName }),
  );
  closers.add(dynamodb);
  return {
    name,
    variables: { TABLE_NAME: tableName, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint },
    says: `stand-in at ${dynamodb.endpoint}, table ${tableName}`,
  };
}

async function sqsPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'SQS';
  const { AWS_ENDPOINT_URL_SQS: endpoint, DIAGNOSE_QUEUE_URL, DELIVER_QUEUE_URL } = given;
  if (endpoint === undefined) {
    const sqs = await startPart("SQS's stand-in", 'set AWS_ENDPOINT_URL_SQS to use another', () =>
      startLocalSqs(),
    );
    closers.add(sqs);
    return { name, ...queues(sqs.endpoint, sqs.urls), says: `stand-in at ${sqs.endpoint}` };
  }
  if (DIAGNOSE_QUEUE_URL !== undefined && DELIVER_QUEUE_URL !== undefined) {
    return { name, variables: { AWS_ENDPOINT_URL_SQS: endpoint }, says: 'AWS_ENDPOINT_URL_SQS' };
  }
  const urls = await startPart('The queues', 'check AWS_ENDPOINT_URL_SQS', () =>
    createLocalQueues(endpoint, 'first-responder'),
  );
  return { name, ...queues(endpoint, urls), says: 'AWS_ENDPOINT_URL_SQS' };
}

function queues(endpoint: string, urls: Awaited<ReturnType<typeof createLocalQueues>>) {
  return {
    variables: {
      AWS_ENDPOINT_URL_SQS: endpoint,
      DIAGNOSE_DEAD_LETTERS_URL: urls.DiagnoseDeadLetters,
      DIAGNOSE_QUEUE_URL: urls.DiagnoseQueue,
      DELIVER_QUEUE_URL: urls.DeliverQueue,
      DELIVER_DEAD_LETTERS_URL: urls.DeliverDeadLetters,
    },
  };
}

async function postgresPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'PostgreSQL';
  if (given.DATABASE_URL ?? given.DATABASE_URL_PARAMETER)
    return { name, variables: {}, says: 'DATABASE_URL' };
  const held = await holdFreePort();
  const connectionString = readerConnectionString(held.port);
  const starting = startPart("PostgreSQL's stand-in", 'set DATABASE_URL to use another', () =>
    startLocalPostgres({ held }),
  );
  closers.addStarting(starting);
  async function freshenOnceUp(): Promise<string> {
    closers.add(keepWorldFresh(await starting));
    return `stand-in, psql ${connectionString}`;
  }
  return { name, variables: { DATABASE_URL: connectionString }, says: later(freshenOnceUp()) };
}

async function kubernetesPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'Kubernetes';
  if (given.KUBERNETES_URL) return { name, variables: {}, says: 'KUBERNETES_URL' };
  const kubernetes = await startPart("Kubernetes' stand-in", 'set KUBERNETES_URL to use another', () =>
    startLocalKubernetes(),
  );
  closers.add(kubernetes);
  return {
    name,
    variables: {
      KUBERNETES_URL: kubernetes.url,
      KUBERNETES_TOKEN: kubernetes.token,
      KUBERNETES_TOKEN_PARAMETER: '',
      KUBERNETES_CA: Buffer.from(kubernetes.authority).toString('base64'),
    },
    says: `stand-in, kubectl ${kubernetes.kubectlFlags}`,
  };
}

async function prometheusPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'Prometheus';
  if (given.PROMETHEUS_URL ?? given.PROMETHEUS_URL_PARAMETER)
    return { name, variables: {}, says: 'PROMETHEUS_URL' };
  const held = await holdFreePort();
  const starting = startPart(name, 'set PROMETHEUS_URL to use another', () =>
    startLocalPrometheus({ path: given.PATH ?? '', now: Date.now, held }),
  );
  closers.addStarting(starting);
  return {
    name,
    variables: { PROMETHEUS_URL: `http://127.0.0.1:${held.port}` },
    says: later(starting.then(({ says }) => says)),
  };
}

async function alertmanagerPart(given: Variables, api: string, closers: Closers): Promise<Part> {
  const name = 'Alertmanager';
  if (given.ALERTMANAGER_URL ?? given.ALERTMANAGER_URL_PARAMETER)
    return { name, variables: {}, says: 'ALERTMANAGER_URL' };
  const readToken = firstToken(given.READ_TOKENS);
  if (readToken === undefined) return { name, variables: {}, says: 'none' };
  const alertmanager = await startPart("Alertmanager's stand-in", 'set ALERTMANAGER_URL to use another', () =>
    startLocalAlertmanager({ api, readToken }),
  );
  closers.add(alertmanager);
  return {
    name,
    variables: { ALERTMANAGER_URL: alertmanager.url },
    says: `stand-in at ${alertmanager.url}, has as active what is open here`,
  };
}

async function servicesPart(given: Variables, closers: Closers): Promise<Part> {
  const name = 'Services';
  if (given.HTTP_TARGETS ?? given.HTTP_TARGETS_PARAMETER)
    return { name, variables: {}, says: 'HTTP_TARGETS' };
  const services = await startPart("The services' stand-in", 'set HTTP_TARGETS to use others', () =>
    startLocalServices(),
  );
  closers.add(services);
  return {
    name,
    variables: { HTTP_TARGETS: services.targets },
    says: `stand-ins at ${services.url}/SERVICE/health`,
  };
}

async function smtpPart(given: Variables, closers: Closers): Promise<Part & { smtp?: LocalSmtp }> {
  const name = 'Mail';
  if (given.SMTP_HOST) return { name, variables: {}, says: given.SMTP_HOST };
  const smtp = await startPart("The mail server's stand-in", 'set SMTP_HOST to use another', () =>
    startLocalSmtp(),
  );
  closers.add(smtp);
  // The stand-in offers no authentication, so credentials for the real server would only fail.
  const variables = {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtp.port),
    SMTP_USERNAME: '',
    SMTP_PASSWORD: '',
  };
  return { name, smtp, variables, says: `stand-in at smtp://127.0.0.1:${smtp.port}` };
}

async function slackPart(given: Variables, closers: Closers): Promise<Part & { slack?: LocalSlack }> {
  const name = 'Slack';
  const token = given.SLACK_BOT_TOKEN ?? given.SLACK_BOT_TOKEN_PARAMETER;
  const webhook = given.SLACK_WEBHOOK_URL ?? given.SLACK_WEBHOOK_URL_PARAMETER;
  if (given.SLACK_API_URL && !token && !webhook) {
    return { name, variables: { SLACK_BOT_TOKEN: PLACEHOLDER_TOKEN }, says: given.SLACK_API_URL };
  }
  if (given.SLACK_API_URL || token || webhook) return { name, variables: {}, says: 'as configured' };
  const secret = given.SLACK_SIGNING_SECRET ?? LOCAL_SIGNING_SECRET;
  const slack = await startPart("Slack's stand-in", 'set SLACK_API_URL to use another', () =>
    startLocalSlack({ onePerSecond: true }),
  );
  closers.add(slack);
  return {
    name,
    slack,
    variables: {
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: PLACEHOLDER_TOKEN,
      ...(given.SLACK_SIGNING_SECRET_PARAMETER ? {} : { SLACK_SIGNING_SECRET: secret }),
    },
    says: `stand-in at ${slack.apiUrl}`,
  };
}

/** The caller that waits for all parts handles its failure, maybe after it has happened. */
function later(says: Promise<string>): Promise<string> {
  says.catch(() => undefined);
  return says;
}

/** The SDK requires credentials and a region even where nobody checks them. */
function awsIdentity(given: Variables): Variables {
  const identity = given.AWS_ACCESS_KEY_ID ?? given.AWS_PROFILE;
  return {
    AWS_REGION: given.AWS_REGION ?? localRegion,
    ...(identity === undefined
      ? {
          AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
        }
      : {}),
  };
}

function unlessExists(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
}
