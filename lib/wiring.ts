import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod/mini';
import { consoleFiles } from '../.build/console-files.ts';
import { categories, incidentCatalog, noticeCatalog, runbookCatalog } from '../.build/runbook-catalog.ts';
import { createAlertmanagerProbe } from './adapters/alertmanager/alertmanager-probe.ts';
import { createAlertmanagerSilencer } from './adapters/alertmanager/alertmanager-silencer.ts';
import { createAtomWriter } from './adapters/atom/atom-writer.ts';
import { systemClock } from './adapters/clock/system-clock.ts';
import { createCsvWriter } from './adapters/csv/csv-writer.ts';
import { createDynamoDestinationStore } from './adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoFailureReportStore } from './adapters/dynamodb/delivery/failure-report-store.ts';
import { createDynamoRateLimitStore } from './adapters/dynamodb/delivery/rate-limit-store.ts';
import { createDynamoStormDetector } from './adapters/dynamodb/delivery/storm-detector.ts';
import { createDynamoDigests, createDynamoStormEntries } from './adapters/dynamodb/delivery/storm-digest.ts';
import { readDetails } from './adapters/dynamodb/history/alert-details.ts';
import { createDynamoHistory } from './adapters/dynamodb/history/history.ts';
import { createDynamoQuarantine } from './adapters/dynamodb/history/quarantine.ts';
import { createDynamoIncidentStore } from './adapters/dynamodb/incidents/incident-store.ts';
import { readOpenIncidents } from './adapters/dynamodb/incidents/open-incidents.ts';
import { createDynamoHeartbeatStore } from './adapters/dynamodb/operations/heartbeat-store.ts';
import { createDynamoMaintenanceStore } from './adapters/dynamodb/operations/maintenance-store.ts';
import { createDynamoDirtyHours } from './adapters/dynamodb/statistics/dirty-hours.ts';
import { createDynamoHourSource } from './adapters/dynamodb/statistics/hour-source.ts';
import { createDynamoRollUps } from './adapters/dynamodb/statistics/roll-ups.ts';
import { createJsonLog } from './adapters/log/json-log.ts';
import { writeMarkdown } from './adapters/markdown/write-markdown.ts';
import { createLazyParameter, createSsmParameters } from './adapters/secrets/ssm-parameters.ts';
import { createSqsDeadLetters } from './adapters/sqs/dead-letters.ts';
import { createSqsDeliveryQueue, createSqsEffectQueue } from './adapters/sqs/queues.ts';
import { createSqsVisibility } from './adapters/sqs/visibility.ts';
import { openChannels, readRoutes } from './channels/registry.ts';
import { createSlackReply } from './channels/slack/client/response-url.ts';
import * as schemas from './config/handler-schemas.ts';
import { type Environment, loadConfiguration, loadWithMailLists } from './config/load-configuration.ts';
import type { SourceUrls } from './config/variables.ts';
import { type DiagnosisRequest, runEffectDiagnosis } from './core/diagnosis/diagnose-effect.ts';
import { redact } from './core/redaction/redact.ts';
import { createCurrentMaintenances } from './flow/diagnose/apply-maintenance.ts';
import { createMarkHours } from './flow/diagnose/mark-hours.ts';
import type { ConsoleFiles } from './flow/history/serve-console.ts';
import { createRecordHeartbeat } from './flow/receive/record-heartbeat.ts';
import { createAwsClient } from './wiring/aws-client.ts';
import { createProbes } from './wiring/probes.ts';
import { warnOfShortSecrets } from './wiring/warn-of-short-secrets.ts';

// The only place that builds adapters, with wiring/ for shared parts: one function per handler, called once at its
// cold start. A bundle holds only what its own function here reaches, so parts are built in functions, never at
// module level.

/** Without redaction, which would weigh on the bundle of receive-webhook: no line of that function holds a label. */
export const log = createJsonLog();

function createRedactedLog() {
  return createJsonLog(undefined, redact);
}

const AWS_CLIENT = createAwsClient();

/** Reads secrets that are stored in SSM. */
function parameters() {
  return createSsmParameters(createLazyParameter(AWS_CLIENT));
}

/** What a function is configured with, read once at its cold start. */
async function configure<T extends z.core.$ZodShape>(schema: z.ZodMiniObject<T>) {
  return warnOfShortSecrets(await loadConfiguration(schema, parameters()), log);
}

type Storage = { TABLE_NAME: string; RETENTION_DAYS: number };

function table({ TABLE_NAME, RETENTION_DAYS }: Storage) {
  const client = new DynamoDBClient(AWS_CLIENT);
  return { client, tableName: TABLE_NAME, retentionDays: RETENTION_DAYS, now: systemClock.now };
}

function queue(queueUrl: string) {
  return { client: new SQSClient(AWS_CLIENT), queueUrl };
}

export async function wireReceiveWebhook() {
  const config = await configure(schemas.createReceiveWebhookSchema());
  const items = table(config);
  return {
    tokens: config.WEBHOOK_TOKENS,
    clock: systemClock,
    log,
    ports: {
      catalog: incidentCatalog,
      ...changePorts(items, config.DIAGNOSE_QUEUE_URL),
      quarantine: createDynamoQuarantine(items),
      recordHeartbeat: createRecordHeartbeat(createDynamoHeartbeatStore(items)),
      clock: systemClock,
    },
  };
}

export async function wireChangeIncident() {
  const log = createRedactedLog();
  const config = await configure(schemas.createChangeIncidentSchema());
  return {
    access: config,
    clock: systemClock,
    log,
    ports: { catalog: incidentCatalog, ...changePorts(table(config), config.DIAGNOSE_QUEUE_URL) },
  };
}

/** Slack waits 3 s for an answer to an action; this is the share of the last step. */
const REPLY_WITHIN = 600;

export async function wireSlackActions() {
  const log = createRedactedLog();
  const config = await configure(schemas.createSlackActionsSchema());
  const items = table(config);
  const { ALERTMANAGER_URL: urls, SLACK_API_URL: apiUrl, PUBLIC_URL: publicUrl } = config;
  return {
    signingSecret: config.SLACK_SIGNING_SECRET,
    clock: systemClock,
    log,
    reply: createSlackReply({ timeoutMs: REPLY_WITHIN, apiUrl }),
    ports: {
      catalog: incidentCatalog,
      ...changePorts(items, config.DIAGNOSE_QUEUE_URL),
      history: { details: (incidentId: string) => readDetails(items, incidentId) },
      abortAfter: systemClock.abortAfter,
      silencer: urls && createAlertmanagerSilencer({ urls }),
      publicUrl,
    },
  };
}

/** The parts that every change of an incident needs. */
function changePorts(items: ReturnType<typeof table>, diagnoseQueueUrl: string) {
  return {
    incidents: createDynamoIncidentStore(items),
    effects: createSqsEffectQueue(queue(diagnoseQueueUrl)),
    backOff: systemClock.backOff,
  };
}

export async function wireReadHistory() {
  const log = createRedactedLog();
  const config = await configure(schemas.createReadHistorySchema());
  return {
    access: config,
    categories,
    clock: systemClock,
    log,
    ports: { history: createDynamoHistory(table(config)), publicUrl: config.PUBLIC_URL },
  };
}

export async function wireShowIncident() {
  const parts = await wireReadHistory();
  return { ...parts, ports: { ...parts.ports, catalog: incidentCatalog } };
}

export async function wireShowStatistics() {
  const log = createRedactedLog();
  const config = await configure(schemas.createReadHistorySchema());
  const items = table(config);
  return {
    access: config,
    clock: systemClock,
    log,
    ports: {
      dirtyHours: createDynamoDirtyHours(items),
      rollUps: createDynamoRollUps(items),
      catalog: incidentCatalog,
    },
  };
}

export async function wireExportIncidents() {
  const parts = await wireReadHistory();
  return { ...parts, ports: { ...parts.ports, csv: createCsvWriter() } };
}

export async function wireFeedIncidents() {
  const parts = await wireReadHistory();
  return { ...parts, ports: { ...parts.ports, feed: createAtomWriter() } };
}

export async function wireReportIncident() {
  const parts = await wireReadHistory();
  return { ...parts, ports: { ...parts.ports, catalog: incidentCatalog, writeMarkdown } };
}

export async function wireDeadLetters() {
  const log = createRedactedLog();
  const config = await configure(schemas.createDeadLettersSchema());
  const letters = queue(config.DELIVER_DEAD_LETTERS_URL);
  const deliver = queue(config.DELIVER_QUEUE_URL);
  return {
    access: config,
    clock: systemClock,
    log,
    ports: { deadLetters: createSqsDeadLetters({ letters, deliver, now: systemClock.now }) },
  };
}

export async function wireListQuarantine() {
  const log = createRedactedLog();
  const config = await configure(schemas.createReadHistorySchema());
  return {
    access: config,
    clock: systemClock,
    log,
    ports: { quarantine: createDynamoQuarantine(table(config)) },
  };
}

export async function wireChangeMaintenance() {
  const log = createRedactedLog();
  const config = await configure(schemas.createChangeMaintenanceSchema());
  return {
    access: config,
    clock: systemClock,
    unique: () => crypto.randomUUID(),
    log,
    ports: { maintenances: createDynamoMaintenanceStore(table(config)) },
  };
}

export async function wireTick() {
  const log = createRedactedLog();
  const { config, mailLists } = await loadWithMailLists(
    schemas.createTickSchema(),
    incidentCatalog.mailLists,
    parameters(),
  );
  const urls = config.ALERTMANAGER_URL;
  const items = table(config);
  return {
    log,
    ports: {
      catalog: incidentCatalog,
      ...changePorts(items, config.DIAGNOSE_QUEUE_URL),
      history: { open: (source: string, limit: number) => readOpenIncidents(items, source, limit) },
      heartbeats: createDynamoHeartbeatStore(items),
      maintenances: createDynamoMaintenanceStore(items),
      statistics: {
        hours: createDynamoHourSource(items),
        dirtyHours: createDynamoDirtyHours(items),
        rollUps: createDynamoRollUps(items),
      },
      deliveries: createSqsDeliveryQueue(queue(config.DELIVER_QUEUE_URL)),
      channels: readRoutes(config, { mailLists }),
      clock: systemClock,
      abortAfter: systemClock.abortAfter,
      log,
      alertmanager: urls && createAlertmanagerProbe({ urls }),
    },
  };
}

export async function wireDiagnoseIncident() {
  const log = createRedactedLog();
  const { config, mailLists } = await loadWithMailLists(
    schemas.createDiagnoseIncidentSchema(),
    runbookCatalog.mailLists,
    parameters(),
  );
  const items = table(config);
  const probes = createProbes(config);
  const channels = readRoutes(config, { mailLists });
  const unknown = channels.flatMap(({ listUnknown }) => listUnknown?.(runbookCatalog.routes) ?? []);
  if (unknown.length > 0) log.warn('routing.yaml names places that are not configured', { unknown });
  return {
    log,
    visibility: createSqsVisibility(queue(config.DIAGNOSE_QUEUE_URL)),
    ports: {
      catalog: runbookCatalog,
      incidents: createDynamoIncidentStore(items),
      history: createDynamoHistory(items),
      deliveries: createSqsDeliveryQueue(queue(config.DELIVER_QUEUE_URL)),
      channels,
      muting: mutingPorts(items, config.DIAGNOSE_QUEUE_URL),
      markHours: createMarkHours(createDynamoDirtyHours(items)),
      diagnose: (request: DiagnosisRequest) => runEffectDiagnosis(request, { probes, clock: systemClock }),
      clock: systemClock,
      log,
    },
  };
}

function mutingPorts(items: ReturnType<typeof table>, diagnoseQueueUrl: string) {
  const maintenances = createDynamoMaintenanceStore(items);
  return {
    ...changePorts(items, diagnoseQueueUrl),
    maintenances,
    current: createCurrentMaintenances(maintenances),
  };
}

/** For a diagnosis by hand: nothing here stores or sends anything. */
export async function wireProbes(environment: Environment) {
  const config = await loadConfiguration(schemas.createProbesSchema(), parameters(), environment);
  return { probes: createProbes(config), clock: systemClock };
}

export async function wireDiagnoseDeadLetters() {
  const log = createRedactedLog();
  const { config, mailLists } = await loadWithMailLists(
    schemas.createDiagnoseDeadLettersSchema(),
    incidentCatalog.mailLists,
    parameters(),
  );
  const items = table(config);
  return {
    log,
    visibility: createSqsVisibility(queue(config.DIAGNOSE_DEAD_LETTERS_URL)),
    ports: {
      catalog: incidentCatalog,
      incidents: createDynamoIncidentStore(items),
      history: createDynamoHistory(items),
      deliveries: createSqsDeliveryQueue(queue(config.DELIVER_QUEUE_URL)),
      channels: readRoutes(config, { mailLists }),
      markHours: createMarkHours(createDynamoDirtyHours(items)),
      // diagnose-dead-letters runs no checks; if it did, this would be recorded as a lost diagnosis.
      diagnose: () => Promise.reject(new Error('diagnose-dead-letters runs no checks')),
      clock: systemClock,
      log,
    },
  };
}

export async function wireDeliverNotice() {
  const log = createRedactedLog();
  const { config, mailLists } = await loadWithMailLists(
    schemas.createDeliverNoticeSchema(),
    noticeCatalog.mailLists,
    parameters(),
  );
  const items = table(warnOfShortSecrets(config, log));
  return {
    log,
    visibility: createSqsVisibility(queue(config.DELIVER_QUEUE_URL)),
    ports: {
      catalog: noticeCatalog,
      incidents: createDynamoIncidentStore(items),
      history: createDynamoHistory(items),
      destinations: createDynamoDestinationStore(items),
      maintenances: createDynamoMaintenanceStore(items),
      deliveries: createSqsDeliveryQueue(queue(config.DELIVER_QUEUE_URL)),
      channels: openChannels(config, { mailLists, log }),
      rateLimits: createDynamoRateLimitStore(items),
      storms: {
        stormDetector: createDynamoStormDetector(items),
        entries: createDynamoStormEntries(items),
        digests: createDynamoDigests(items),
      },
      channelFailures: createDynamoFailureReportStore(items),
      clock: systemClock,
      unique: () => crypto.randomUUID(),
      log,
      publicUrl: config.PUBLIC_URL,
      buttons: config.SLACK_SIGNING_SECRET === undefined ? undefined : createButtons(config.ALERTMANAGER_URL),
    },
  };
}

/** The actions that buttons under a message offer for a source. */
function createButtons(urls: SourceUrls | undefined) {
  return {
    canSilence: (source: string) =>
      urls !== undefined && (urls.anySource.length > 0 || Object.hasOwn(urls.bySource, source)),
  };
}

/** Nothing is built here: the bundle holds the console as it will be served. */
export function wireConsole(): ConsoleFiles {
  return consoleFiles;
}
