import { isAlertFiring } from '../../lib/core/incident/alert-state.ts';
import type { Incident } from '../../lib/core/incident/incident.ts';
import { isSilentlyReopened } from '../../lib/core/incident/status.ts';
import type { State } from './history.ts';
import { nameOf } from './wire.ts';

/** What the latest incident item says, in the model's words; undefined before the first. */
export function readState(items: ReadonlyMap<string, Incident>): State | undefined {
  const latest = [...items.values()].at(-1);
  if (latest === undefined) return undefined;
  return {
    episode: latest.episode,
    status: readStatus(latest),
    severity: latest.severity,
    firing: latest.alerts
      .filter(isAlertFiring)
      .map(({ fingerprint }) => nameOf(fingerprint))
      .toSorted(),
  };
}

function readStatus(incident: Incident): State['status'] {
  // What only unconfirmed alerts reopened counts as resolved (docs/rules.md#rule-5).
  if (incident.status !== 'open' || isSilentlyReopened(incident)) return 'resolved';
  return incident.ack === undefined ? 'firing' : 'acknowledged';
}
