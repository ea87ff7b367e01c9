import type { Deed, MadeSilence, NoticeReason } from '../incident/effect.ts';
import { MINUTE, type Millis } from '../shared/time.ts';
import type { Line } from './document.ts';
import { durationWords } from './time-words.ts';

/** What a person did, in one line: who, when, and what they noted or how far it reaches. */
export function writeDeed({ reason, at, deed }: { reason: NoticeReason; at: Millis; deed: Deed }): Line {
  const { by, note, silence } = deed;
  const byWhom: Line = [' by ', { bold: by }, ' at ', { time: at }];
  if (silence !== undefined) {
    // Alertmanager may have cut milliseconds off its end.
    const lasts = durationWords(Math.max(1, Math.round((silence.until - at) / MINUTE)) * MINUTE);
    return [`Silenced for ${lasts}`, ...byWhom, ', until ', { time: silence.until }, `: ${covers(silence)}.`];
  }
  const what = reason === 'resolved' ? 'Resolved by hand' : 'Acknowledged';
  return [what, ...byWhom, note === undefined ? '.' : `: ${note}`];
}

function covers({ covered, firing }: MadeSilence): string {
  if (covered < firing) return `${covered} of ${firing} alerts that fire`;
  return firing === 1 ? 'the alert that fires' : `all ${firing} alerts that fire`;
}
