import type { Notice } from '../../../lib/core/notice/notice.ts';
import { HOUR, MINUTE, SECOND } from '../../../lib/core/shared/time.ts';

/** 2026-11-24 03:12:07 UTC: when the sample incident opened. */
export const SAMPLE_OPENED_AT = Date.UTC(2026, 10, 24, 3, 12, 7);

/** A full, realistic notice about a connection pool. Override the fields that a test is about. */
export function sampleNotice(overrides: Partial<Notice> = {}): Notice {
  return {
    incidentId: '4f1d2c3b5a697887.000001',
    seq: 1,
    reason: 'opened',
    ping: true,
    at: SAMPLE_OPENED_AT + 12 * SECOND,
    state: 'firing',
    severity: 'critical',
    alertname: 'DatabaseConnectionPoolCritical',
    source: 'prod',
    group: {},
    openedAt: SAMPLE_OPENED_AT,
    summary: 'No idle database connections are left.',
    impact: 'Every new query waits: the system is effectively frozen.',
    alerts: {
      firing: 1,
      total: 1,
      common: { namespace: 'cryptofunk', instance: 'postgres:9187' },
      shown: [
        {
          labels: {},
          severity: 'critical',
          text: 'Connection pool at 100 % for 2 min',
          firing: true,
          startsAt: SAMPLE_OPENED_AT - 30 * SECOND,
        },
      ],
      omitted: 0,
    },
    findings: [
      {
        stepId: 'connections',
        title: 'Connections by state',
        kind: 'sql',
        verdict: 'attention',
        sentence:
          '10 of 10 connections in use, 0 idle. 7 are idle in transaction > 10 min, all from agent-runner.',
        evidence: {
          kind: 'table',
          columns: ['application', 'state', 'n', 'oldest'],
          rows: [
            ['agent-runner', 'idle in transaction', '7', '14 m 02 s'],
            ['api', 'active', '3', '41 s'],
          ],
          omitted: 0,
        },
        tookMs: 18,
      },
      {
        stepId: 'blockers',
        title: 'Blocking sessions',
        kind: 'sql',
        verdict: 'attention',
        sentence: 'pid 4711 (agent-runner, 14 m) blocks 3 sessions.',
        evidence: {
          kind: 'text',
          lines: [
            "UPDATE positions SET unrealized_pnl = quantity * (current_price - entry_price) WHERE status = 'OPEN'",
          ],
          omitted: 0,
        },
        tookMs: 22,
      },
      {
        stepId: 'history',
        title: 'Connections over the last hour',
        kind: 'promql',
        verdict: 'attention',
        sentence: 'Connections rose from 3 to 10 within the last hour.',
        evidence: {
          kind: 'series',
          points: Array.from({ length: 60 }, (_, minute) => [
            SAMPLE_OPENED_AT - HOUR + minute * MINUTE,
            minute < 20 ? 3 : Math.min(10, 3 + Math.floor((minute - 20) / 4)),
          ]),
          min: 3,
          max: 10,
          last: 10,
          omitted: 0,
        },
        tookMs: 31,
      },
      finding('disk', 'Disk', 'normal', 'disk 61 %'),
      finding('replication', 'Replication', 'normal', 'no replication lag'),
      finding('bifrost', 'Bifrost logs', 'unchecked', 'kubernetes: 403'),
    ],
    diagnosedAt: SAMPLE_OPENED_AT + 10 * SECOND,
    commands: [
      {
        text: 'End the blocking session',
        command:
          'kubectl exec -n cryptofunk deployment/postgres -- psql -U postgres -d cryptofunk -c "SELECT pg_terminate_backend(4711);"',
        caution: 'it rolls back its work',
      },
    ],
    response: [
      'If connections do not drain within 2 min, restart the api.',
      'Look for the code path in agent-runner that leaves its transaction open.',
    ],
    comparison: [],
    around: {},
    flapping: false,
    happened: 'Opened by 1 alert.',
    tier: 1,
    notified: {
      names: ['on-call (L1)'],
      acknowledgeBy: SAMPLE_OPENED_AT + 15 * MINUTE,
      next: { tier: 2, at: SAMPLE_OPENED_AT + 30 * MINUTE },
    },
    links: {
      prometheus: 'http://prometheus:9090/graph?g0.expr=pg_connections_idle+%3C+1&g0.tab=1',
      alertmanager:
        'http://alertmanager:9093/#/alerts?filter=%7Balertname%3D%22DatabaseConnectionPoolCritical%22%7D',
      incident: 'http://localhost:3000/console/incidents/4f1d2c3b5a697887.000001',
      others: [],
    },
    ...overrides,
  };
}

/** The same incident 22 minutes later. */
export function sampleResolvedNotice(overrides: Partial<Notice> = {}): Notice {
  return sampleNotice({
    seq: 7,
    reason: 'resolved',
    ping: false,
    at: SAMPLE_OPENED_AT + 22 * MINUTE + 5 * SECOND,
    state: 'resolved',
    resolvedAt: SAMPLE_OPENED_AT + 22 * MINUTE,
    happened: 'All alerts resolved.',
    alerts: { ...sampleNotice().alerts, firing: 0 },
    findings: [
      finding('connections', 'Connections by state', 'normal', '4 of 10 connections in use'),
      finding('blockers', 'Blocking sessions', 'attention', 'pid 4802 (agent-runner, 3 m) blocks 1 session.'),
    ],
    diagnosedAt: SAMPLE_OPENED_AT + 22 * MINUTE + 3 * SECOND,
    comparison: [
      {
        stepId: 'blockers',
        title: 'Blocking sessions',
        before: 'pid 4711 blocks 3 sessions',
        after: 'pid 4802 blocks 1 session',
        change: 'still',
      },
      {
        stepId: 'connections',
        title: 'Connections by state',
        before: '10 of 10 connections in use, 0 idle.',
        after: '4 of 10 connections in use',
        change: 'better',
      },
    ],
    acknowledged: { by: 'Ana', at: SAMPLE_OPENED_AT + 4 * MINUTE },
    ...overrides,
  });
}

/** `count` agents down, grouped into one incident. */
export function sampleGroupNotice(count: number, overrides: Partial<Notice> = {}): Notice {
  const agents = ['technical', 'risk', 'sentiment', 'trend', 'reversion', 'arbitrage'];
  return sampleNotice({
    severity: 'warning',
    alertname: 'AgentDown',
    summary: 'An agent does not answer its health check.',
    impact: 'Fewer agents vote on each decision.',
    countedAs: { firing: 'agents down', resolved: 'agents' },
    alerts: {
      firing: count,
      total: count,
      common: { namespace: 'cryptofunk' },
      shown: Array.from({ length: Math.min(count, 50) }, (_, index) => ({
        labels: {
          agent_name: `${agents[index % agents.length]}-agent${index < agents.length ? '' : `-${index}`}`,
          instance: `10.0.0.${index}:9100`,
        },
        severity: 'warning' as const,
        text: `No heartbeat for ${index + 2} min`,
        firing: true,
        startsAt: SAMPLE_OPENED_AT - index * SECOND,
      })),
      omitted: Math.max(0, count - 50),
    },
    findings: [],
    commands: [],
    happened: `Opened by ${count} alerts.`,
    ...overrides,
  });
}

function finding(
  stepId: string,
  title: string,
  verdict: 'attention' | 'normal' | 'unchecked',
  sentence: string,
): Notice['findings'][number] {
  return { stepId, title, kind: 'sql', verdict, sentence, tookMs: 10 };
}
