import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { incidentPolicy } from '../harness/incident-scenario.ts';

/** A runbook without steps, for tests that are not about diagnosis. */
export function runbook(change: Partial<Runbook> = {}): Runbook {
  return {
    alertname: 'DatabaseConnectionPoolCritical',
    severity: 'critical',
    category: 'infrastructure',
    summary: 'No idle database connections.',
    impact: 'Every new query waits.',
    labels: [],
    groupBy: ['alertname'],
    previousGroupBy: [],
    reopenWindow: 10 * MINUTE,
    staleAfter: 8 * HOUR,
    promotions: [],
    escalation: 'default',
    diagnostics: [],
    stepScopes: {},
    verification: [],
    commands: [],
    response: [],
    ...change,
  };
}

/** The categories that tests' listings may be filtered by. */
export const categories = [
  'agents',
  'circuit-breaker',
  'infrastructure',
  'system',
  'trading',
  'vector-search',
];

/** A small catalog with routes and tiers like those of the shipped runbooks. */
export function catalog(
  change: Partial<RunbookCatalog> = {},
  runbooks: Runbook[] = [runbook()],
): RunbookCatalog {
  return {
    revision: 'test',
    runbooks: Object.fromEntries(runbooks.map((each) => [each.alertname, each])),
    defaultRunbook: runbook({ alertname: 'default', severity: 'warning', category: 'system' }),
    severityAliases: { page: 'critical', ticket: 'warning' },
    routes: [
      { slack: '#cryptofunk-alerts' },
      {
        severity: ['critical'],
        slack: '#cryptofunk-critical',
        mention: 'channel',
        email: ['CRITICAL_ALERT_EMAIL_TO', 'ALERT_EMAIL_TO'],
      },
      { severity: ['warning'], email: ['ALERT_EMAIL_TO'] },
      { category: ['agents'], slack: '#cryptofunk-agents' },
      { category: ['trading'], slack: '#cryptofunk-trading' },
      { category: ['system', 'circuit-breaker'], slack: '#cryptofunk-ops' },
    ],
    categories,
    mailLists: ['CRITICAL_ALERT_EMAIL_TO', 'ALERT_EMAIL_TO'],
    escalation: { default: incidentPolicy().escalation },
    tierContacts: {
      '1': ['on-call'],
      '2': ['senior-engineer'],
      '3': ['engineering-lead', 'product-manager'],
    },
    contacts: {
      'on-call': { name: 'on-call', slack: '@oncall' },
      'senior-engineer': { name: 'senior engineer', slack: '@senior-eng', email: ['senior@example.com'] },
      'engineering-lead': { name: 'engineering lead', slack: '@eng-lead' },
      'product-manager': { name: 'product manager', slack: '@pm' },
    },
    heartbeat: { defaultRule: { alertname: 'Watchdog', interval: 10 * MINUTE, watch: true }, sources: {} },
    ...change,
  };
}
