import * as z from 'zod/mini';
import {
  createVariable,
  parseCertificates,
  parseDatabaseUrl,
  parseHttpTargets,
  parseNotifyWebhooks,
  parsePort,
  parseSourceTokens,
  parseSourceUrls,
  parseTokens,
  parseUrl,
  parseWholeNumber,
  text,
} from './variables.ts';

// One schema per handler, with exactly the variables that this handler uses. No handler reads any other variable,
// so a wrong SMTP_PORT can never stop webhooks from being accepted. Each is made in a function, so that a bundle holds
// only its own.

function createStorageVariables() {
  return { TABLE_NAME: text, RETENTION_DAYS: z._default(z.optional(createVariable(parseDays)), 400) };
}

/** The channels that are configured; routing leaves out the others. routing.yaml names the mail lists. */
function createChannelVariables() {
  return {
    SLACK_BOT_TOKEN: z.optional(text),
    SLACK_WEBHOOK_URL: z.optional(createVariable(parseUrl)),
    SMTP_HOST: z.optional(text),
    NOTIFY_WEBHOOKS: z.optional(createVariable(parseNotifyWebhooks)),
  };
}

function createLinkVariables() {
  return { PUBLIC_URL: z.optional(createVariable(parseUrl)) };
}

function createAccessVariables() {
  return {
    READ_TOKENS: z.optional(createVariable(parseTokens)),
    WRITE_TOKENS: z.optional(createVariable(parseTokens)),
  };
}

export function createReceiveWebhookSchema() {
  return z.object({
    ...createStorageVariables(),
    DIAGNOSE_QUEUE_URL: createVariable(parseUrl),
    WEBHOOK_TOKENS: createVariable(parseSourceTokens),
  });
}

/** KUBERNETES_SERVICE_HOST and …_PORT are set by Kubernetes itself, AWS_REGION by Lambda. */
function createKubernetesVariables() {
  return {
    KUBERNETES_URL: z.optional(createVariable(parseUrl)),
    KUBERNETES_TOKEN: z.optional(text),
    KUBERNETES_CA: z.optional(createVariable(parseCertificates)),
    KUBERNETES_SERVICE_HOST: z.optional(text),
    KUBERNETES_SERVICE_PORT: z._default(z.optional(createVariable(parsePort)), 443),
    EKS_CLUSTER_NAME: z.optional(text),
    AWS_REGION: z.optional(text),
  };
}

type EksVariables = Partial<Record<keyof ReturnType<typeof createKubernetesVariables>, unknown>>;

function eksNeeds(variable: keyof ReturnType<typeof createKubernetesVariables>) {
  return z.refine<EksVariables>((config) => !config.EKS_CLUSTER_NAME || config[variable] !== undefined, {
    error: 'is required with EKS_CLUSTER_NAME',
    path: [variable],
  });
}

function createEksRules() {
  return [
    eksNeeds('KUBERNETES_URL'),
    eksNeeds('AWS_REGION'),
    z.refine<EksVariables>((config) => !config.EKS_CLUSTER_NAME || config.KUBERNETES_TOKEN === undefined, {
      error: 'cannot be set beside EKS_CLUSTER_NAME, which makes its own',
      path: ['KUBERNETES_TOKEN'],
    }),
  ];
}

export function createDiagnoseIncidentSchema() {
  return z
    .object({
      ...createStorageVariables(),
      ...createChannelVariables(),
      ...createKubernetesVariables(),
      DIAGNOSE_QUEUE_URL: createVariable(parseUrl),
      DELIVER_QUEUE_URL: createVariable(parseUrl),
      DATABASE_URL: z.optional(createVariable(parseDatabaseUrl)),
      PROMETHEUS_URL: z.optional(createVariable(parseSourceUrls)),
      ALERTMANAGER_URL: z.optional(createVariable(parseSourceUrls)),
      HTTP_TARGETS: z.optional(createVariable(parseHttpTargets)),
    })
    .check(...createEksRules());
}

export function createDiagnoseDeadLettersSchema() {
  return z.object({
    ...createStorageVariables(),
    ...createChannelVariables(),
    DIAGNOSE_DEAD_LETTERS_URL: createVariable(parseUrl),
    DELIVER_QUEUE_URL: createVariable(parseUrl),
  });
}

export function createDeliverNoticeSchema() {
  return z
    .object({
      ...createStorageVariables(),
      ...createChannelVariables(),
      ...createLinkVariables(),
      DELIVER_QUEUE_URL: createVariable(parseUrl),
      SLACK_API_URL: z.optional(createVariable(parseUrl)),
      // Whether the buttons reach this system, and whether this system reaches Alertmanager.
      SLACK_SIGNING_SECRET: z.optional(text),
      ALERTMANAGER_URL: z.optional(createVariable(parseSourceUrls)),
      SMTP_PORT: z._default(z.optional(createVariable(parsePort)), 587),
      SMTP_FROM: z._default(z.optional(text), 'first-responder@localhost'),
      SMTP_USERNAME: z.optional(text),
      SMTP_PASSWORD: z.optional(text),
      NOTIFY_WEBHOOK_SECRET: z.optional(text),
    })
    .check(
      z.refine(
        ({ NOTIFY_WEBHOOKS, NOTIFY_WEBHOOK_SECRET }) =>
          !NOTIFY_WEBHOOKS || NOTIFY_WEBHOOK_SECRET !== undefined,
        { error: 'is required with NOTIFY_WEBHOOKS', path: ['NOTIFY_WEBHOOK_SECRET'] },
      ),
    );
}

export function createTickSchema() {
  return z.object({
    ...createStorageVariables(),
    ...createChannelVariables(),
    DIAGNOSE_QUEUE_URL: createVariable(parseUrl),
    DELIVER_QUEUE_URL: createVariable(parseUrl),
    ALERTMANAGER_URL: z.optional(createVariable(parseSourceUrls)),
  });
}

export function createReadHistorySchema() {
  return z.object({ ...createStorageVariables(), ...createAccessVariables(), ...createLinkVariables() });
}

export function createDeadLettersSchema() {
  return z.object({
    ...createAccessVariables(),
    DELIVER_DEAD_LETTERS_URL: createVariable(parseUrl),
    DELIVER_QUEUE_URL: createVariable(parseUrl),
  });
}

export function createChangeMaintenanceSchema() {
  return z.object({ ...createStorageVariables(), ...createAccessVariables() });
}

export function createChangeIncidentSchema() {
  return z.object({
    ...createStorageVariables(),
    ...createAccessVariables(),
    DIAGNOSE_QUEUE_URL: createVariable(parseUrl),
  });
}

export function createSlackActionsSchema() {
  return z.object({
    ...createStorageVariables(),
    ...createLinkVariables(),
    DIAGNOSE_QUEUE_URL: createVariable(parseUrl),
    SLACK_SIGNING_SECRET: z.optional(text),
    SLACK_API_URL: z.optional(createVariable(parseUrl)),
    ALERTMANAGER_URL: z.optional(createVariable(parseSourceUrls)),
  });
}

/** For a diagnosis by hand: all that diagnose-incident reads, and nothing that it writes. */
export function createProbesSchema() {
  const { TABLE_NAME, RETENTION_DAYS, DIAGNOSE_QUEUE_URL, DELIVER_QUEUE_URL, ...probed } =
    createDiagnoseIncidentSchema().shape;
  return z.object(probed).check(...createEksRules());
}

function parseDays(value: string) {
  return parseWholeNumber(value, 1, 36_500);
}
