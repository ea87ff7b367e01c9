import { isHigher } from '../../shared/severity.ts';
import { isAlertConfirmed, isAlertFiring, isAlertMissing } from '../alert-state.ts';
import { RECHECK_SPACING } from '../limits.ts';
import { type Draft, listFiringAlerts, setAlert } from './draft.ts';
import { isHeld } from './severity.ts';
import { reconcileTruncated } from './truncation.ts';

/**
 * One round of the search for lost resolves: counts the alerts that are gone. `lowers`: this is the second answer that
 * lists nothing as severe as the incident is (docs/rules.md#rule-5).
 */
export function findVanished(
  draft: Draft,
  present: (fingerprint: string) => boolean,
  stillListed: { any: boolean; unknown: boolean },
): { vanished: number; lowers: boolean } {
  const { incident, now } = draft;
  const roundAt = incident.reconcile.missingRoundAt;
  const isSecondAnswer = roundAt !== undefined && now - roundAt >= RECHECK_SPACING;
  const isNewRound = roundAt === undefined || isSecondAnswer;
  let vanished = 0;
  let missing = 0;
  for (const alert of draft.alerts.values()) {
    if (!isAlertFiring(alert)) continue;
    if (present(alert.fingerprint)) {
      // An unverified alert, or one that returned with its old start: a repeat of its old end must not
      // resolve it.
      const state = isAlertConfirmed(alert) || alert.endsAt >= alert.startsAt ? 'confirmed' : 'firing';
      if (state !== alert.state) setAlert(draft, alert, { state });
      continue;
    }
    if (isAlertMissing(alert) && isSecondAnswer) {
      setAlert(draft, alert, { state: 'vanished' });
      vanished += 1;
      continue;
    }
    if (isNewRound && !isAlertMissing(alert)) {
      setAlert(draft, alert, { state: isAlertConfirmed(alert) ? 'confirmed-missing' : 'missing' });
    }
    if (isNewRound || isAlertMissing(alert)) missing += 1;
  }
  if (incident.overflow > 0 && !stillListed.any) {
    if (isSecondAnswer) {
      vanished += incident.overflow;
      incident.overflow = 0;
    } else {
      missing += 1;
    }
  }
  if (reconcileTruncated(draft, stillListed.unknown)) missing += 1;
  const lowers = lowersSeverity(draft, { isSecondAnswer, isNewRound });
  if (!lowers && isHeld(draft)) missing += 1;
  if (missing === 0) delete incident.reconcile.missingRoundAt;
  else if (isNewRound) incident.reconcile.missingRoundAt = now;
  return { vanished, lowers };
}

/** Lowering the severity of what was cut off takes two answers as well, of which neither lists anything as severe. */
function lowersSeverity(
  draft: Draft,
  { isSecondAnswer, isNewRound }: { isSecondAnswer: boolean; isNewRound: boolean },
): boolean {
  const { truncation, severity } = draft.incident;
  if (truncation === undefined) return false;
  const { milder: wasMilder = false, ...rest } = truncation;
  const isMilder = listFiringAlerts(draft).every(
    (alert) => isAlertMissing(alert) || isHigher(severity, alert.severity),
  );
  if (isMilder && (wasMilder || isNewRound)) draft.incident.truncation = { ...rest, milder: true };
  else if (wasMilder) draft.incident.truncation = rest;
  return isMilder && wasMilder && isSecondAnswer;
}
