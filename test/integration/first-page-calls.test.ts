import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoFailureReportStore } from '../../lib/adapters/dynamodb/delivery/failure-report-store.ts';
import { createDynamoRateLimitStore } from '../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { createDynamoStormDetector } from '../../lib/adapters/dynamodb/delivery/storm-detector.ts';
import {
  createDynamoDigests,
  createDynamoStormEntries,
} from '../../lib/adapters/dynamodb/delivery/storm-digest.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { slackRateLimit } from '../../lib/channels/slack/rate-limit.ts';
import { deliverNotice } from '../../lib/flow/deliver/deliver-notice.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';
import { type LocalTable, startLocalTable } from '../support/servers/local-table.ts';

let local: LocalTable;

beforeEach(async () => {
  local = await startLocalTable();
});

afterEach(() => local.close());

it.each(['critical', 'warning'])(
  'a first page costs at most 8 calls of DynamoDB, in 5 rounds: %s',
  async (severity) => {
    const system = new FirstResponder({ slackRateLimit });
    const alertname = `First ${severity}`;
    await system.receive([webhookAlert({ startsAt: system.now, labels: { alertname, severity } })]);
    while (await system.consumeDiagnose());
    const [incident] = system.world.incidents.items.values();
    const message = system.world.deliveries.sent.find((each) => each.target.channel === 'slack');
    if (incident === undefined || message?.kind !== 'notice') throw new Error('nothing to tell');
    const history = createDynamoHistory(local.table);
    const incidents = createDynamoIncidentStore(local.table);
    await incidents.write(incident, 0);
    await history.addDetails(incident.id, await system.world.history.details(incident.id));
    for (const each of await system.world.history.diagnoses(incident.id, [message.effect.id]))
      await history.addDiagnosis(each);
    local.calls.reset();

    const ports = {
      ...system.deliverPorts,
      history,
      incidents,
      destinations: createDynamoDestinationStore(local.table),
      rateLimits: createDynamoRateLimitStore(local.table),
      storms: {
        stormDetector: createDynamoStormDetector(local.table),
        entries: createDynamoStormEntries(local.table),
        digests: createDynamoDigests(local.table),
      },
      troubles: createDynamoFailureReportStore(local.table),
    };
    const result = await deliverNotice(ports, { message, attempt: 1 });

    expect(result).toMatchObject({ kind: 'done', outcome: 'delivered' });
    expect(system.slack.roots()).toHaveLength(1);
    expect(local.calls.counts).toEqual({ GetItemCommand: 3, UpdateItemCommand: 3, PutItemCommand: 2 });
    expect(local.calls.rounds).toBeLessThanOrEqual(5);
  },
);
