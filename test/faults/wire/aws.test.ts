import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials, localRegion } from '../../../infra/local/aws/dynamodb.ts';
import { createDynamoIncidentStore } from '../../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createSqsEffectQueue } from '../../../lib/adapters/sqs/queues.ts';
import { readDiagnoseMessage } from '../../../lib/core/incident/effect-schema.ts';
import { createAwsClient } from '../../../lib/wiring/aws-client.ts';
import { type LocalQueues, startLocalQueues, takeAll } from '../../support/servers/local-queues.ts';
import { type LocalTable, startLocalTable } from '../../support/servers/local-table.ts';
import { critical } from '../kill/flows-of-webhooks.ts';
import { FaultySystem } from '../world/faulty-system.ts';
import { rememberNotified } from '../world/observe.ts';
import { endsInTime } from './ends-in-time.ts';
import { type FaultProxy, startFaultProxy, type WireFault, wireFaults } from './fault-proxy.ts';

const quick = createAwsClient({ connectMs: 150, answerMs: 150 });
/** A delayed answer may take as long as a busy machine likes. */
const patient = createAwsClient({ connectMs: 10_000, answerMs: 10_000 });
const deadlinesFor = (fault: WireFault) => (fault === 'delay' ? patient : quick);
const known = { region: localRegion, credentials: localCredentials };

/** People hear of it once, whatever the webhook met. */
const notified = [
  'slack #cryptofunk-alerts root',
  'slack #cryptofunk-critical root',
  'mail oncall@example.com team@example.com',
  'webhook ops',
];

/** Statuses that Alertmanager gets while the fault lasts, and when it repeats the webhook afterwards. */
function answersTo(fault: WireFault): number[] {
  return fault === 'delay' ? [200, 200] : [500, 200];
}

describe('between receive-webhook and DynamoDB', () => {
  let local: LocalTable;
  let proxy: FaultProxy;

  beforeAll(async () => {
    local = await startLocalTable();
    proxy = await startFaultProxy(Number(new URL(local.endpoint).port));
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  it.each(wireFaults)(
    '%s: Alertmanager repeats what was not stored, and people hear of it once',
    async (fault) => {
      const client = new DynamoDBClient({
        ...known,
        ...deadlinesFor(fault),
        endpoint: `http://127.0.0.1:${proxy.port}`,
      });
      const system = new FaultySystem();
      const heard = rememberNotified(system);
      Object.assign(system.world.incidents, createDynamoIncidentStore({ ...local.table, client }));
      // Each fault has an incident of its own.
      const alert = critical(system, { alertname: `Down-${fault}` });

      await proxy.meet(fault);
      const first = await endsInTime(system.postAlerts([alert]));
      const heardMeanwhile = heard.length;
      await endsInTime(fault === 'delay' ? Promise.resolve() : proxy.untilLetGo());
      await proxy.meet(undefined);
      const again = await system.postAlerts([alert]);
      await system.consumeAll();

      const [sent] = system.world.effects.sent;
      const stored = await createDynamoIncidentStore(local.table).get(sent?.incidentId ?? '');
      client.destroy();
      expect([first, again]).toEqual(answersTo(fault));
      expect(heardMeanwhile).toBe(0);
      expect(proxy.struck).toBeGreaterThan(0);
      expect(heard.map(({ line }) => line.split(': ')[0])).toEqual(expect.arrayContaining(notified));
      expect(heard.length).toBeLessThanOrEqual(notified.length + 1);
      expect(stored).toMatchObject({ status: 'open', effects: [], version: 1 });
      expect(system.world.history.timelineOf(sent?.incidentId ?? '')).toMatchObject([{ what: 'opened' }]);
    },
  );
});

describe('between receive-webhook and SQS', () => {
  let local: LocalQueues;
  let proxy: FaultProxy;

  beforeAll(async () => {
    local = await startLocalQueues();
    const { DiagnoseQueue } = await local.fresh();
    proxy = await startFaultProxy(Number(new URL(DiagnoseQueue).port));
  });
  afterAll(async () => {
    await proxy.close();
    await local.close();
  });

  it.each(wireFaults)('%s: the effect is on the queue once, after the webhook is repeated', async (fault) => {
    const { DiagnoseQueue } = await local.fresh();
    const client = new SQSClient({
      ...known,
      ...deadlinesFor(fault),
      endpoint: `http://127.0.0.1:${proxy.port}`,
    });
    const queueUrl = DiagnoseQueue.replace(/:\d+\//, `:${proxy.port}/`);
    const system = new FaultySystem();
    const heard = rememberNotified(system);
    const { publish } = system.world.effects;
    Object.assign(system.world.effects, createSqsEffectQueue({ client, queueUrl }));

    await proxy.meet(fault);
    const first = await endsInTime(system.postAlerts([critical(system)]));
    await endsInTime(fault === 'delay' ? Promise.resolve() : proxy.untilLetGo());
    await proxy.meet(undefined);
    const again = await system.postAlerts([critical(system)]);
    client.destroy();
    const taken = await takeAll(local.client, DiagnoseQueue);
    for (const { body } of taken) {
      const reading = readDiagnoseMessage(JSON.stringify(body));
      if (reading.kind !== 'message') throw new Error('a message cannot be read');
      await publish({ id: reading.message.incidentId }, [reading.message.effect]);
    }
    await system.consumeAll();

    const [incident] = [...system.world.incidents.items.values()];
    expect([first, again]).toEqual(answersTo(fault));
    expect(taken).toHaveLength(1);
    expect(proxy.struck).toBeGreaterThan(0);
    expect(new Set(heard.map(({ line }) => line.split(': ')[0]))).toEqual(new Set(notified));
    expect(heard).toHaveLength(notified.length);
    expect(incident).toMatchObject({ status: 'open', effects: [] });
    expect(system.world.history.timelineOf(incident?.id ?? '')).toMatchObject([{ what: 'opened' }]);
  });
});
