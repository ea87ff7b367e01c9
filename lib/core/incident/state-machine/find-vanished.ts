import type { Millis } from '../../shared/time.ts';
import { GONE_SPACING } from '../limits.ts';
import { type Draft, isAlertFiring, setAlert } from './draft.ts';
import { isHeld } from './severity.ts';
import { reconcileTruncated } from './truncation.ts';

/** One round of looking for lost resolves: how many alerts are gone for good, and whether it is the second look. */
export function findVanished(
  draft: Draft,
  present: (fingerprint: string) => boolean,
  left: { any: boolean; unknown: boolean },
  now: Millis,
): { vanished: number; isSecondAnswer: boolean } {
  const { incident } = draft;
  const roundAt = incident.missingRoundAt;
  const isSecondAnswer = roundAt !== undefined && now - roundAt >= GONE_SPACING;
  const newRound = roundAt === undefined || isSecondAnswer;
  let vanished = 0;
  let missing = 0;
  for (const alert of draft.alerts.values()) {
    if (!isAlertFiring(alert)) continue;
    if (present(alert.fingerprint)) {
      // It was told without evidence, or came back with its old start: from here on its old end is a repeat.
      const confirmed = alert.confirmed || alert.endsAt >= alert.startsAt;
      if (alert.missing || confirmed !== alert.confirmed) {
        setAlert(draft, alert, { missing: false, confirmed });
      }
      continue;
    }
    if (alert.missing && isSecondAnswer) {
      setAlert(draft, alert, { firing: false, missing: false, vanished: true, confirmed: false });
      vanished += 1;
      continue;
    }
    if (newRound && !alert.missing) setAlert(draft, alert, { missing: true });
    if (newRound || alert.missing) missing += 1;
  }
  if (incident.overflow > 0 && !left.any) {
    if (isSecondAnswer) {
      vanished += incident.overflow;
      incident.overflow = 0;
    } else {
      missing += 1;
    }
  }
  if (reconcileTruncated(draft, left.unknown, { isNew: newRound, isSecond: isSecondAnswer })) missing += 1;
  // Lowering it takes two looks as well.
  if (isHeld(draft)) missing += 1;
  if (missing === 0) delete incident.missingRoundAt;
  else if (newRound) incident.missingRoundAt = now;
  return { vanished, isSecondAnswer };
}
