import { expect, test } from 'vitest';
import { startLocalServices } from '../../infra/local/services/services.ts';
import { createHttpProbe } from '../../lib/adapters/http/http-probe.ts';
import { createDiagnoseIncidentSchema } from '../../lib/config/handler-schemas.ts';
import { loadConfiguration } from '../../lib/config/load-configuration.ts';
import { readBounds } from '../support/factories/read-bounds.ts';

test('the local services are mostly healthy; bifrost is not, and one refuses the connection', async () => {
  const services = await startLocalServices();
  const { HTTP_TARGETS: targets = new Map() } = await loadConfiguration(
    createDiagnoseIncidentSchema(),
    () => Promise.reject(new Error('nothing is in Parameter Store')),
    {
      TABLE_NAME: 'incidents',
      DIAGNOSE_QUEUE_URL: 'http://queue',
      DELIVER_QUEUE_URL: 'http://queue',
      HTTP_TARGETS: services.targets,
    },
  );
  const http = createHttpProbe({ targets });

  const health = await Promise.all(
    [...targets.keys()].map((target) => http.get(target, '/health', readBounds())),
  );
  const page = await http.metrics('api', '/metrics', '^database_connections$', readBounds());
  const missing = await http.get('bifrost', '/metrics', readBounds());
  await services.close();
  await services.close();

  const output = health.map((answer) => (answer.kind === 'ok' ? answer.value.status : answer.reason));
  expect(Object.fromEntries([...targets.keys()].map((target, at) => [target, output[at]]))).toEqual({
    api: 200,
    bifrost: 503,
    'technical-indicators-server': 200,
    'risk-analyzer-server': 200,
    'order-executor-server': 200,
    orchestrator: 200,
    'market-data-server': 'could not connect: connection refused',
  });
  expect(page).toMatchObject({
    kind: 'ok',
    value: {
      count: 3,
      samples: [
        { labels: { state: 'active' }, value: 10 },
        { labels: { state: 'idle' }, value: 0 },
        { labels: { state: 'max' }, value: 10 },
      ],
    },
  });
  expect(missing).toMatchObject({ kind: 'ok', value: { status: 404 } });
});
