import type { NoticeReason } from '../../incident/effect.ts';
import type { MadeSilence, UserAction } from '../../incident/effect-schema.ts';
import type { Incident } from '../../incident/incident.ts';
import { MINUTE, type Millis } from '../../shared/time.ts';
import type { Line } from './document-types.ts';
import { formatDuration } from './format-time.ts';

/** A user action on one line: who, when, and the note or the silence's reach. */
export function renderUserAction({
  reason,
  at,
  userAction,
}: {
  reason: NoticeReason;
  at: Millis;
  userAction: UserAction;
}): Line {
  const { by, note, silence } = userAction;
  if (silence !== undefined)
    return [...silenced({ by, at, until: silence.until }), `: ${describeReach(silence)}.`];
  const what = reason === 'resolved' ? 'Resolved by hand' : 'Acknowledged';
  return [what, ...describePerson(by, at), note === undefined ? '.' : `: ${note}`];
}

/** The user actions that the incident still records, oldest first. */
export function listUserActions({ ack, silence }: Incident): { at: Millis; line: Line }[] {
  const userActions: { at: Millis; line: Line }[] = [];
  if (ack)
    userActions.push({
      at: ack.at,
      line: renderUserAction({ reason: 'acknowledged', at: ack.at, userAction: ack }),
    });
  if (silence) userActions.push({ at: silence.at, line: [...silenced(silence), '.'] });
  return userActions.toSorted((one, other) => one.at - other.at);
}

function silenced({ by, at, until }: { by: string; at: Millis; until: Millis }): Line {
  // Alertmanager may cut off the milliseconds of a silence's end.
  const lasts = formatDuration(Math.max(1, Math.round((until - at) / MINUTE)) * MINUTE);
  return [`Silenced for ${lasts}`, ...describePerson(by, at), ', until ', { time: until }];
}

function describePerson(by: string, at: Millis): Line {
  return [' by ', { bold: by }, ' at ', { time: at }];
}

function describeReach({ covered, firing }: MadeSilence): string {
  if (covered < firing) return `${covered} of ${firing} alerts that fire`;
  return firing === 1 ? 'the alert that fires' : `all ${firing} alerts that fire`;
}
