import { join } from 'node:path';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { localCredentials, localRegion } from '../../../infra/local/aws/dynamodb.ts';
import { startLocalSqs } from '../../../infra/local/aws/sqs.ts';
import { systemClock } from '../../../lib/adapters/clock/system-clock.ts';
import { createDynamoIncidentStore } from '../../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoMaintenanceStore } from '../../../lib/adapters/dynamodb/operations/maintenance-store.ts';
import { createMaintenanceId } from '../../../lib/core/maintenance/maintenance.ts';
import { HOUR } from '../../../lib/core/shared/time.ts';
import { type HttpEventFactory, httpEvent, lambdaContext } from '../../support/factories/http-event.ts';
import { storedIncident } from '../../support/factories/stored-incident.ts';
import { webhookAlert, webhookBody } from '../../support/factories/webhook.ts';
import { startLocalTable } from '../../support/servers/local-table.ts';
import { type ServiceRoute, serviceRoutes } from '../../support/servers/service-routes.ts';

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export type AskedService = {
  ask(route: ServiceRoute, change?: HttpEventFactory): Promise<APIGatewayProxyStructuredResultV2>;
  close(): Promise<void>;
};

const root = join(import.meta.dirname, '..', '..', '..');

/** Every route's real handler and wiring, over stand-ins of the table and the queues, with these variables. */
export async function startService(variables: Record<string, string>): Promise<AskedService> {
  const [local, sqs] = await Promise.all([startLocalTable(), startLocalSqs()]);
  const now = systemClock.now();
  const incident = storedIncident({ openedAt: now - HOUR });
  await createDynamoIncidentStore(local.table).write(incident, 0);
  const maintenance = createMaintenanceId(now + HOUR, 'abcdef0123');
  const planned = { from: now, to: now + HOUR, by: 'Ana', reason: 'work', createdAt: now };
  await createDynamoMaintenanceStore(local.table).add({
    id: maintenance,
    matchers: 'alertname="Up"',
    ...planned,
  });
  const environment = {
    TABLE_NAME: local.table.tableName,
    AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    DIAGNOSE_QUEUE_URL: sqs.urls.DiagnoseQueue,
    DELIVER_QUEUE_URL: sqs.urls.DeliverQueue,
    DIAGNOSE_DEAD_LETTERS_URL: sqs.urls.DiagnoseDeadLetters,
    DELIVER_DEAD_LETTERS_URL: sqs.urls.DeliverDeadLetters,
    ...variables,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // A handler reads its variables once, when it is loaded.
  vi.resetModules();
  const handlers = new Map<string, Handler>();
  for (const { file } of serviceRoutes()) {
    const module: { handler: Handler } = await import(join(root, `${file}.ts`));
    handlers.set(file, module.handler);
  }
  const bodies: Record<string, string> = {
    'POST /webhooks/alertmanager': webhookBody([webhookAlert({ startsAt: now })]),
    'POST /maintenance': JSON.stringify({
      matchers: 'alertname="Up"',
      to: new Date(now + HOUR).toISOString(),
      by: 'Ana',
      reason: 'work',
    }),
  };
  return {
    ask({ route, method, path, file }, change = {}) {
      const handler = handlers.get(file);
      if (handler === undefined) throw new Error(`no handler for ${route}`);
      const id = path.startsWith('/maintenance/') ? maintenance : incident.id;
      const body = method === 'POST' ? { body: bodies[route] ?? '{"by":"Ana"}' } : {};
      const parameters = path.includes('{id}') ? { parameters: { id } } : {};
      const address = path.replace('{id}', id).replace('/{proxy+}', '/history');
      return handler(httpEvent({ method, path: address, ...body, ...parameters, ...change }), lambdaContext);
    },
    async close() {
      vi.unstubAllEnvs();
      await Promise.all([local.close(), sqs.close()]);
    },
  };
}
