import type { IncidentEvent } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { findPolicy } from '../../core/runbook/find-runbook.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ApplyEventPorts, applyEvent } from './apply-event.ts';

export type ChangeIncidentPorts = ApplyEventPorts & { catalog: RunbookCatalog };

/** `unchanged`: already in that state, or too late. */
export type ChangeIncidentResult =
  | { kind: 'changed' | 'unchanged'; incident: Incident }
  | { kind: 'not-found' };

/** Acknowledges the incident; `asOf` is the version that the person saw (docs/rules.md#rule-3). */
export function acknowledgeIncident(
  ports: ChangeIncidentPorts,
  input: { id: string; by: string; note?: string; asOf?: number; now: Millis },
): Promise<ChangeIncidentResult> {
  const { id, now, ...event } = input;
  return change(ports, id, { type: 'acknowledged', ...event }, now);
}

/**
 * Resolves the incident while its alerts may still fire (docs/rules.md#rule-12); with `asOf`, only if
 * unchanged since.
 */
export function resolveIncident(
  ports: ChangeIncidentPorts,
  input: { id: string; by: string; note?: string; asOf?: number; now: Millis },
): Promise<ChangeIncidentResult> {
  const { id, now, ...event } = input;
  return change(ports, id, { type: 'resolved-by-hand', ...event }, now);
}

/** Records that somebody silenced the incident in Alertmanager. */
export function recordSilence(
  ports: ChangeIncidentPorts,
  input: Omit<Extract<IncidentEvent, { type: 'silenced' }>, 'type' | 'id'> & {
    id: string;
    silenceId: string;
    now: Millis;
  },
): Promise<ChangeIncidentResult> {
  const { id, silenceId, now, ...event } = input;
  return change(ports, id, { type: 'silenced', ...event, id: silenceId }, now);
}

async function change(
  ports: ChangeIncidentPorts,
  id: string,
  event: IncidentEvent,
  now: Millis,
): Promise<ChangeIncidentResult> {
  const result = await applyEvent(ports, {
    event,
    now,
    read: () => ports.incidents.get(id),
    policyOf: (incident) => findPolicy(ports.catalog, incident?.alertname ?? ''),
  });
  if (result.incident === undefined) return { kind: 'not-found' };
  return { kind: result.changed ? 'changed' : 'unchanged', incident: result.incident };
}
