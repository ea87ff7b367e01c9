import { describe, expect, it } from 'vitest';
import {
  type DetailsMessage,
  type NoticeMessage,
  readDeliverMessage,
  type StormEndMessage,
  type SummaryMessage,
} from '../../../lib/core/delivery/deliver-message-schema.ts';
import type { DiagnoseMessage } from '../../../lib/core/incident/effect-schema.ts';
import { readDiagnoseMessage } from '../../../lib/core/incident/effect-schema.ts';

// Complete: a field that the type gains and the schema does not would be lost on the way through the queue.
const diagnose: Required<Omit<DiagnoseMessage, 'effect'>> & { effect: Required<DiagnoseMessage['effect']> } =
  {
    schema: 1,
    incidentId: 'key.1',
    effect: {
      id: 'key.1:3',
      kind: 'notify',
      seq: 3,
      at: 1_795_490_732_000,
      reason: 'acknowledged',
      ping: false,
      tier: 2,
      tiers: [1, 2],
      summary: 'Ana acknowledged.',
      userAction: {
        by: 'Ana',
        note: 'looking',
        silence: { until: 1_795_494_332_000, covered: 1, firing: 2 },
      },
      moves: { began: ['00ff00ff00ff00ff'], ended: [], more: 2 },
      flappingOver: { reopens: 4 },
      unverified: 'connection refused',
      details: [
        {
          fingerprint: '0123456789abcdef',
          labels: { alertname: 'AgentDown' },
          annotations: { summary: 'down' },
          generatorURL: 'http://prometheus.example/graph',
          startsAt: 1_795_490_700_000,
          unknownSeverity: 'Bogus',
        },
      ],
    },
  };

const effect: Required<NoticeMessage['effect']> = {
  id: 'key.1:3',
  seq: 3,
  reason: 'escalated',
  ping: true,
  tier: 3,
  tiers: [2, 3],
  at: 1_795_490_732_000,
  summary: 'L3 is told.',
  userAction: { by: 'Ana', note: 'looking', silence: { until: 1_795_494_332_000, covered: 1, firing: 2 } },
  flappingOver: { reopens: 4 },
  unverified: 'connection refused',
};

const deliver: Required<NoticeMessage> = {
  schema: 1,
  kind: 'notice',
  key: 'key',
  incidentId: 'key.1',
  effect,
  muted: 'muted by maintenance 00abc-1 (upgrade, Ana)',
  target: { channel: 'slack', destination: 'slack:#alerts', to: '#alerts', mentions: ['<!channel>'] },
  failover: {
    destination: 'email',
    why: 'The mail server is down.',
    news: { destination: 'email', reason: 'unavailable' },
  },
  setAside: true,
  attempt: 2,
};

const envelope = { schema: 1, key: 'key', incidentId: 'key.1', target: deliver.target, attempt: 2 } as const;
const details: DetailsMessage = { ...envelope, kind: 'details', effect };
const stormEnd: StormEndMessage = { ...envelope, kind: 'storm-end', startedAt: 1_795_490_700_000 };

describe('a queue message', () => {
  it('is read as it was written', () => {
    expect(readDiagnoseMessage(JSON.stringify(diagnose))).toEqual({ kind: 'message', message: diagnose });
    expect(readDeliverMessage(JSON.stringify(deliver))).toEqual({ kind: 'message', message: deliver });
    expect(readDeliverMessage(JSON.stringify(details))).toEqual({ kind: 'message', message: details });
    expect(readDeliverMessage(JSON.stringify(stormEnd))).toEqual({ kind: 'message', message: stormEnd });
  });

  it('may be the summary of a maintenance', () => {
    const summary: SummaryMessage = {
      schema: 1,
      kind: 'maintenance-summary',
      key: 'key',
      incidentId: 'maintenance-0abc.1',
      maintenanceId: '0abc',
      target: { channel: 'email', destination: 'email', to: ['team@example.com'] },
      attempt: 1,
    };

    expect(readDeliverMessage(JSON.stringify(summary))).toEqual({ kind: 'message', message: summary });
  });

  it('may be for mail', () => {
    const mail = { ...deliver, target: { channel: 'email', destination: 'email', to: ['a@example.com'] } };

    expect(readDeliverMessage(JSON.stringify(mail))).toEqual({ kind: 'message', message: mail });
  });

  it('of a newer schema is told apart from an unreadable one', () => {
    expect(readDeliverMessage('{"schema":2,"anything":true}')).toEqual({ kind: 'newer', schema: 2 });
    expect(readDeliverMessage('{"schema":0}')).toMatchObject({ kind: 'unreadable' });
  });

  it('that is unreadable names the field and not its value', () => {
    const reading = readDeliverMessage(
      JSON.stringify({ ...deliver, effect: { ...effect, reason: 'hunter2' } }),
    );

    expect(reading).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/^effect.reason: /) });
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});
