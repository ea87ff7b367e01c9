import type { ListedIncident } from '../../../lib/flow/history/list-incidents.ts';

/** An incident as GET /incidents lists it. */
export function listedIncident(change: Partial<ListedIncident> = {}): ListedIncident {
  return {
    id: 'k.1',
    source: 'prod',
    alertname: 'HighErrorRate',
    group: {},
    status: 'open',
    severity: 'warning',
    openedAt: '2026-11-24T03:00:00.000Z',
    firing: 1,
    total: 1,
    tier: 1,
    ...change,
  };
}
