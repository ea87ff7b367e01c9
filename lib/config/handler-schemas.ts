import * as z from 'zod/mini';
import {
  certificates,
  databaseUrl,
  days,
  httpTargets,
  notifyWebhooks,
  port,
  sourceTokens,
  sourceUrls,
  text,
  tokens,
  url,
} from './variables.ts';

// One schema per handler, with exactly the variables that this handler uses. No handler reads any other variable,
// so a wrong SMTP_PORT can never stop webhooks from being accepted.

const storage = { TABLE_NAME: text, RETENTION_DAYS: z._default(z.optional(days), 400) };

/** The channels that are configured; routing leaves out the others. routing.yaml names the mail lists. */
const channels = {
  SLACK_BOT_TOKEN: z.optional(text),
  SLACK_WEBHOOK_URL: z.optional(url),
  SMTP_HOST: z.optional(text),
  NOTIFY_WEBHOOKS: z.optional(notifyWebhooks),
};

const links = { PUBLIC_URL: z.optional(url) };

const access = { READ_TOKENS: z.optional(tokens), WRITE_TOKENS: z.optional(tokens) };

export const receiveWebhookSchema = z.object({
  ...storage,
  DIAGNOSE_QUEUE_URL: url,
  WEBHOOK_TOKENS: sourceTokens,
});

/** KUBERNETES_SERVICE_HOST and …_PORT are set by Kubernetes itself, AWS_REGION by Lambda. */
const kubernetes = {
  KUBERNETES_URL: z.optional(url),
  KUBERNETES_TOKEN: z.optional(text),
  KUBERNETES_CA: z.optional(certificates),
  KUBERNETES_SERVICE_HOST: z.optional(text),
  KUBERNETES_SERVICE_PORT: z._default(z.optional(port), 443),
  EKS_CLUSTER_NAME: z.optional(text),
  AWS_REGION: z.optional(text),
};

type EksVariables = Partial<Record<keyof typeof kubernetes, unknown>>;

function eksNeeds(variable: keyof typeof kubernetes) {
  return z.refine<EksVariables>((config) => !config.EKS_CLUSTER_NAME || config[variable] !== undefined, {
    error: 'is required with EKS_CLUSTER_NAME',
    path: [variable],
  });
}

const eksRules = [
  eksNeeds('KUBERNETES_URL'),
  eksNeeds('AWS_REGION'),
  z.refine<EksVariables>((config) => !config.EKS_CLUSTER_NAME || config.KUBERNETES_TOKEN === undefined, {
    error: 'cannot be set beside EKS_CLUSTER_NAME, which makes its own',
    path: ['KUBERNETES_TOKEN'],
  }),
];

export const diagnoseIncidentSchema = z
  .object({
    ...storage,
    ...channels,
    ...kubernetes,
    DIAGNOSE_QUEUE_URL: url,
    DELIVER_QUEUE_URL: url,
    DATABASE_URL: z.optional(databaseUrl),
    PROMETHEUS_URL: z.optional(sourceUrls),
    ALERTMANAGER_URL: z.optional(sourceUrls),
    HTTP_TARGETS: z.optional(httpTargets),
  })
  .check(...eksRules);

export const diagnoseDeadLettersSchema = z.object({
  ...storage,
  ...channels,
  DIAGNOSE_DEAD_LETTERS_URL: url,
  DELIVER_QUEUE_URL: url,
});

export const deliverNoticeSchema = z
  .object({
    ...storage,
    ...channels,
    ...links,
    DELIVER_QUEUE_URL: url,
    SLACK_API_URL: z.optional(url),
    // Whether the buttons reach this system, and whether this system reaches Alertmanager.
    SLACK_SIGNING_SECRET: z.optional(text),
    ALERTMANAGER_URL: z.optional(sourceUrls),
    SMTP_PORT: z._default(z.optional(port), 587),
    SMTP_FROM: z._default(z.optional(text), 'first-responder@localhost'),
    SMTP_USERNAME: z.optional(text),
    SMTP_PASSWORD: z.optional(text),
    NOTIFY_WEBHOOK_SECRET: z.optional(text),
  })
  .check(
    z.refine(
      ({ NOTIFY_WEBHOOKS, NOTIFY_WEBHOOK_SECRET }) => !NOTIFY_WEBHOOKS || NOTIFY_WEBHOOK_SECRET !== undefined,
      {
        error: 'is required with NOTIFY_WEBHOOKS',
        path: ['NOTIFY_WEBHOOK_SECRET'],
      },
    ),
  );

export const tickSchema = z.object({
  ...storage,
  ...channels,
  DIAGNOSE_QUEUE_URL: url,
  DELIVER_QUEUE_URL: url,
  ALERTMANAGER_URL: z.optional(sourceUrls),
});

export const readHistorySchema = z.object({ ...storage, ...access, ...links });

export const deadLettersSchema = z.object({
  ...access,
  DELIVER_DEAD_LETTERS_URL: url,
  DELIVER_QUEUE_URL: url,
});

export const changeMaintenanceSchema = z.object({ ...storage, ...access });

export const changeIncidentSchema = z.object({ ...storage, ...access, DIAGNOSE_QUEUE_URL: url });

export const slackActionsSchema = z.object({
  ...storage,
  ...links,
  DIAGNOSE_QUEUE_URL: url,
  SLACK_SIGNING_SECRET: z.optional(text),
  SLACK_API_URL: z.optional(url),
  ALERTMANAGER_URL: z.optional(sourceUrls),
});

const { TABLE_NAME, RETENTION_DAYS, DIAGNOSE_QUEUE_URL, DELIVER_QUEUE_URL, ...probed } =
  diagnoseIncidentSchema.shape;

/** For a diagnosis by hand: all that diagnose-incident reads, and nothing that it writes. */
export const probesSchema = z.object(probed).check(...eksRules);
