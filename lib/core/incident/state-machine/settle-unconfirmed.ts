import { confirmFiring, type Draft, setAlert } from './draft.ts';
import type { Firings } from './merge-alerts.ts';

/** Active: it fires for certain. Absent: it is over. Silenced: it ends silently, as if it were over. */
export function settleUnconfirmed(draft: Draft, active: Set<string>): Firings {
  const settled = confirmActive(draft, active);
  for (const alert of draft.alerts.values()) {
    if (alert.state === 'unconfirmed') setAlert(draft, alert, { state: 'resolved' });
  }
  delete draft.incident.reconcile.unconfirmedSince;
  return settled;
}

/** Confirms the alerts that some peers list as active, and leaves all others as they are. */
export function confirmActive(draft: Draft, active: Set<string>): Firings {
  const settled = { joined: 0, refired: 0 };
  let left = 0;
  for (const alert of draft.alerts.values()) {
    if (alert.state !== 'unconfirmed') continue;
    if (!active.has(alert.fingerprint)) left += 1;
    else if (confirmFiring(draft, alert, 'alertmanager')) settled.joined += 1;
    else settled.refired += 1;
  }
  if (left === 0) delete draft.incident.reconcile.unconfirmedSince;
  return settled;
}
