import type { AlertGroup } from '../../core/grouping/group-alerts.ts';
import type { AlertOrigin } from '../../core/incident/event.ts';
import { UnwritableError } from '../../core/incident/incident-store.ts';
import type { TransitionOutcome } from '../../core/incident/state-machine/transition.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from './apply-event.ts';

export type AppliedAlerts = {
  incidents: { id: string; outcome: TransitionOutcome }[];
  /** Alerts that the store refuses in any case. */
  refused: { fingerprint: string; reason: string }[];
};

/**
 * Attempts at finding the alerts that make a write fail. After these, the untried alerts count as refused.
 */
const MAX_SPLITS = 200;

/**
 * Applies alerts to their incident. If the store refuses the write because of its content, retries with
 * halves of the alerts. So only the alerts that cannot be written are left out. Throws as applyEvent does.
 */
export async function applyAlerts(
  ports: ApplyEventPorts & { catalog: RunbookCatalog },
  entry: AlertGroup,
  origin: AlertOrigin,
  now: Millis,
  budget = { splits: MAX_SPLITS },
): Promise<AppliedAlerts> {
  const { identity, alerts } = entry;
  const policy = findPolicy(ports.catalog, identity.alertname);
  try {
    const { incident, outcome } = await applyEvent(ports, {
      event: { type: 'received', identity, alerts, ...origin },
      now,
      policyOf: () => policy,
      read: () => ports.incidents.latest(identity.key),
    });
    return { incidents: incident ? [{ id: incident.id, outcome }] : [], refused: [] };
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    budget.splits -= 1;
    if (alerts.length === 1 || budget.splits < 0) {
      return {
        incidents: [],
        refused: alerts.map(({ fingerprint }) => ({ fingerprint, reason: error.message })),
      };
    }
  }
  const middle = Math.ceil(alerts.length / 2);
  const half = (some: AlertGroup['alerts']) =>
    applyAlerts(ports, { ...entry, alerts: some }, origin, now, budget);
  const first = await half(alerts.slice(0, middle));
  const second = await half(alerts.slice(middle));
  const incidents = new Map([...second.incidents, ...first.incidents].map((each) => [each.id, each]));
  return { incidents: [...incidents.values()], refused: [...first.refused, ...second.refused] };
}
