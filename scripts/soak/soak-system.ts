import { createDynamoDestinationStore } from '../../lib/adapters/dynamodb/delivery/destination-store.ts';
import { createDynamoFailureReportStore } from '../../lib/adapters/dynamodb/delivery/failure-report-store.ts';
import { createDynamoRateLimitStore } from '../../lib/adapters/dynamodb/delivery/rate-limit-store.ts';
import { createDynamoStormDetector } from '../../lib/adapters/dynamodb/delivery/storm-detector.ts';
import {
  createDynamoDigests,
  createDynamoStormEntries,
} from '../../lib/adapters/dynamodb/delivery/storm-digest.ts';
import { createDynamoHistory } from '../../lib/adapters/dynamodb/history/history.ts';
import { createDynamoQuarantine } from '../../lib/adapters/dynamodb/history/quarantine.ts';
import { createDynamoIncidentStore } from '../../lib/adapters/dynamodb/incidents/incident-store.ts';
import { createDynamoHeartbeatStore } from '../../lib/adapters/dynamodb/operations/heartbeat-store.ts';
import { createDynamoMaintenanceStore } from '../../lib/adapters/dynamodb/operations/maintenance-store.ts';
import { createDynamoDirtyHours } from '../../lib/adapters/dynamodb/statistics/dirty-hours.ts';
import { createDynamoHourSource } from '../../lib/adapters/dynamodb/statistics/hour-source.ts';
import { createDynamoRollUps } from '../../lib/adapters/dynamodb/statistics/roll-ups.ts';
import type { DynamoTable } from '../../lib/adapters/dynamodb/table/table.ts';
import { slackRateLimit } from '../../lib/channels/slack/rate-limit.ts';
import { getDestinationKey } from '../../lib/core/storm/storm.ts';
import { createMemoryTable, type MemoryTable } from '../../test/support/fakes/memory-table.ts';
import { FirstResponder } from '../../test/support/harness/first-responder.ts';

/** Messages that Slack's fake keeps, so that edits find theirs: those of some four days. */
const KEPT_MESSAGES = 2_000;

/** The real flows and the real stores over a table in this process, and what has to be known to read all of it again. */
export type SoakSystem = {
  system: FirstResponder;
  table: MemoryTable;
  /** What the stores are made with. */
  dynamo: DynamoTable;
  /** Ids that senders were answered with. */
  incidentIds: Set<string>;
  /** Destinations that a message was made for, and the places that storms are counted at. */
  destinations: Set<string>;
  places: Set<string>;
  /** Forgets what only the fakes keep. Returns the number of messages sent since the last time. */
  forget(): number;
};

export function createSoakSystem(start: number, retentionDays: number): SoakSystem {
  const system = new FirstResponder({ slackRateLimit });
  const { world } = system;
  world.clock.set(start);
  const table = createMemoryTable();
  const dynamo = { client: table.client, tableName: 'soak', retentionDays, now: world.clock.now };
  // Into the ports that the harness has given away already.
  Object.assign(world.incidents, createDynamoIncidentStore(dynamo));
  Object.assign(world.destinations, createDynamoDestinationStore(dynamo));
  Object.assign(world.history, createDynamoHistory(dynamo));
  Object.assign(world.quarantine, createDynamoQuarantine(dynamo));
  Object.assign(world.heartbeats, createDynamoHeartbeatStore(dynamo));
  Object.assign(world.maintenances, createDynamoMaintenanceStore(dynamo));
  Object.assign(world.rateLimits, createDynamoRateLimitStore(dynamo));
  Object.assign(world.storms.stormDetector, createDynamoStormDetector(dynamo));
  Object.assign(world.storms.entries, createDynamoStormEntries(dynamo));
  Object.assign(world.storms.digests, createDynamoDigests(dynamo));
  Object.assign(world.channelFailures, createDynamoFailureReportStore(dynamo));
  Object.assign(world.statistics.hours, createDynamoHourSource(dynamo));
  Object.assign(world.statistics.dirtyHours, createDynamoDirtyHours(dynamo));
  Object.assign(world.statistics.rollUps, createDynamoRollUps(dynamo));
  const [destinations, places] = [new Set<string>(), new Set<string>()];

  return {
    system,
    table,
    dynamo,
    incidentIds: new Set(),
    destinations,
    places,
    forget() {
      for (const { target } of world.deliveries.sent) {
        destinations.add(target.destination);
        places.add(getDestinationKey(target));
      }
      const { slack, mail } = system;
      const sent = slack.calls.length + mail.sent.length;
      const kept = [world.deliveries, world.effects].flatMap((queue) => [queue.sent, queue.swallowed]);
      const calls = [slack.calls, mail.sent, mail.calls];
      for (const list of [...kept, ...calls, system.diagnosed, world.faults.log]) emptied(list);
      slack.posted.splice(0, slack.posted.length - KEPT_MESSAGES);
      return sent;
    },
  };
}

function emptied(list: readonly unknown[]): void {
  // The fakes give their lists to be read only; nobody else forgets what they hold.
  Reflect.set(list, 'length', 0);
}
