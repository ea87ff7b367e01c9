import type { AlertDetail } from '../../lib/core/alert/alert.ts';
import type { DeliveryRecord } from '../../lib/core/delivery/delivery.ts';
import type { DestinationStore } from '../../lib/core/delivery/delivery-stores.ts';
import type { Diagnosis, Finding } from '../../lib/core/diagnosis/findings/finding.ts';
import type { IncidentHistory, TimelineEntry } from '../../lib/core/history/history.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import type { Tier } from '../../lib/core/runbook/policy.ts';
import { MINUTE, type Millis, SECOND } from '../../lib/core/shared/time.ts';
import type { PastIncident } from './past-incidents.ts';
import { createRandom, type Random } from './random.ts';

/** One event of an incident, with its notices. */
type Event = { seq: number; at: Millis; reason: NoticeReason; summary: string; ping: boolean; by?: string };

export type RecordPorts = {
  history: Pick<IncidentHistory, 'addDetails' | 'addTimeline' | 'addDiagnosis'>;
  destinations: Pick<DestinationStore, 'saveDelivery'>;
};

/** Writes the child items of a past incident: its alerts' details, timeline, diagnoses and deliveries. */
export async function keepRecord(ports: RecordPorts, past: PastIncident): Promise<void> {
  const { incident, alerts } = past;
  const random = createRandom(incident.openedAt);
  const events = eventsOf(past);
  await ports.history.addDetails(incident.id, alerts.map(detailOf));
  for (const event of events) {
    await ports.history.addTimeline(incident.id, entryOf(incident, event));
    if (event.ping || event.reason === 'resolved') {
      await ports.history.addDiagnosis(diagnosisOf(past, event, random));
    }
    for (const delivery of deliveriesOf(past, event, random)) {
      await ports.destinations.saveDelivery(incident.id, delivery);
    }
  }
}

function eventsOf({ incident, alerts }: PastIncident): Event[] {
  const { openedAt, resolvedAt, ack, severity } = incident;
  const tier = incident.tiers.highest;
  const count = alerts.length === 1 ? 'One alert' : `${alerts.length} alerts`;
  const ping = severity !== 'info';
  const events: Omit<Event, 'seq'>[] = [
    { at: openedAt, reason: 'opened', summary: `${count} started to fire.`, ping },
  ];
  if (ack) {
    events.push({
      at: ack.at,
      reason: 'acknowledged',
      summary: `${ack.by} acknowledged it.`,
      ping: false,
      by: ack.by,
    });
  }
  for (const called of [2, 3]) {
    if (tier < called) continue;
    const at = openedAt + (called - 1) * 30 * MINUTE;
    events.push({ at, reason: 'escalated', summary: `It still fires: L${called} was called.`, ping: true });
  }
  if (resolvedAt !== undefined) {
    events.push({ at: resolvedAt, reason: 'resolved', summary: 'All alerts resolved.', ping: false });
  }
  return events.toSorted((a, b) => a.at - b.at).map((event, index) => ({ ...event, seq: index + 1 }));
}

function entryOf(incident: Incident, event: Event): TimelineEntry {
  const { seq, at, reason, summary, by } = event;
  return { id: `${incident.id}:${seq}`, seq, at, what: reason, tier: tierOf(incident, event), summary, by };
}

function tierOf({ tiers }: Incident, { reason }: Event): Tier {
  return reason === 'escalated' ? tiers.highest : 1;
}

function detailOf({
  fingerprint,
  labels,
  annotations,
  generatorURL,
  startsAt,
}: PastIncident['alerts'][number]): AlertDetail {
  return { fingerprint, labels, annotations, generatorURL, startsAt };
}

function diagnosisOf({ incident }: PastIncident, event: Event, random: Random): Diagnosis {
  const over = event.reason === 'resolved';
  const findings = [connections(over, random), series(event.at, over, random), logs(random)];
  const order = { attention: 0, normal: 1, unchecked: 2 };
  return {
    schema: 1,
    id: `${incident.id}:${event.seq}`,
    incidentId: incident.id,
    seq: event.seq,
    reason: event.reason,
    startedAt: event.at,
    finishedAt: event.at + 400 + random.below(2_000),
    findings: findings.toSorted((a, b) => order[a.verdict] - order[b.verdict]),
    commands: over
      ? []
      : [
          {
            text: 'Look at what the api logs',
            command: 'kubectl logs -n cryptofunk deployment/api --tail=100',
          },
        ],
  };
}

function connections(over: boolean, random: Random): Finding {
  const open = over ? 2 + random.below(4) : 6 + random.below(5);
  const idle = over ? 0 : 1 + random.below(7);
  const attention = open >= 9 || idle >= 5;
  return {
    stepId: 'connections',
    title: 'Connections by application and state',
    kind: 'sql',
    verdict: attention ? 'attention' : 'normal',
    sentence: `${open} of 10 connections open, ${idle} idle in transaction.`,
    evidence: {
      kind: 'table',
      columns: ['application', 'state', 'n', 'oldest'],
      rows: [
        ['agent-runner', 'idle in transaction', String(idle), '14 m 02 s'],
        ['api', 'active', String(Math.max(0, open - idle)), '41 s'],
      ],
      omitted: 0,
    },
    tookMs: 20 + random.below(200),
  };
}

function series(at: Millis, over: boolean, random: Random): Finding {
  const points = Array.from({ length: 60 }, (_, n): [Millis, number] => {
    const rises = over ? Math.max(0, 40 - n) : n;
    return [at - (59 - n) * MINUTE, Math.round((rises ** 1.4 / 40 + random.next() * 0.6) * 100) / 100];
  });
  const values = points.map(([, value]) => value);
  const last = values.at(-1) ?? 0;
  return {
    stepId: 'expression',
    title: 'Expression of the alert, last hour',
    kind: 'expression',
    verdict: over ? 'normal' : 'attention',
    sentence: `${last} now; between ${Math.min(...values)} and ${Math.max(...values)} in the last hour.`,
    evidence: {
      kind: 'series',
      points,
      min: Math.min(...values),
      max: Math.max(...values),
      last,
      threshold: 5,
      omitted: 0,
    },
    tookMs: 15 + random.below(120),
  };
}

function logs(random: Random): Finding {
  const base = {
    stepId: 'api-log',
    title: 'Log of the api',
    kind: 'kubernetes',
    tookMs: 60 + random.below(900),
  } as const;
  if (random.chance(0.2)) {
    return { ...base, verdict: 'unchecked', sentence: 'could not check (HTTP 403)' };
  }
  return {
    ...base,
    verdict: 'normal',
    sentence: '3 lines in the last 5 min, none of them errors.',
    evidence: {
      kind: 'text',
      lines: ['level=info msg="order accepted"', 'level=info msg=heartbeat'],
      omitted: 1,
    },
  };
}

function deliveriesOf({ incident }: PastIncident, event: Event, random: Random): DeliveryRecord[] {
  const channels = ['slack:#cryptofunk-alerts'];
  if (incident.severity === 'critical') channels.push('slack:#cryptofunk-critical');
  if (incident.severity !== 'info' && event.ping) channels.push('mail:ALERT_EMAIL_TO');
  const tier = tierOf(incident, event);
  return channels.map((destination): DeliveryRecord => {
    const failed = random.chance(0.01);
    return {
      key: `${incident.id}:${event.seq}:${destination}`,
      destination,
      seq: event.seq,
      reason: event.reason,
      ping: event.ping,
      tier,
      at: event.at + SECOND + random.below(4_000),
      outcome: failed ? 'failed' : 'delivered',
      detail: failed ? 'Slack says channel_not_found.' : undefined,
      attempts: random.chance(0.05) ? 2 : 1,
    };
  });
}
