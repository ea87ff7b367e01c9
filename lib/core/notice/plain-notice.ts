import { redact } from '../diagnosis/expressions/redact.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import type { Notice } from './notice.ts';
/**
 * What goes out when a notice cannot be composed or rendered: severity, alertname, id and what failed. It is made of so
 * little that it cannot fail itself, because a page without its findings is better than none.
 */
export type PlainNotice = Pick<Notice, 'incidentId' | 'seq' | 'state' | 'severity' | 'alertname' | 'ping'> & {
  /** The incident's page, where there is one. */
  link?: string;
};

const MAX_ALERTNAME = 200;
const MAX_WHY = 200;
export const MAX_LINE = 1_200;

export function toPlainNotice(
  incident: Incident,
  { seq, ping }: { seq: number; ping: boolean },
  publicUrl: string | undefined,
): PlainNotice {
  const { id, severity, alertname } = incident;
  return {
    incidentId: id,
    seq,
    state: isFiring(incident) ? 'firing' : 'resolved',
    severity,
    alertname: clip(toOneLine(alertname), MAX_ALERTNAME) || 'unnamed alert',
    ping,
    ...(publicUrl === undefined ? {} : { link: `${publicUrl}/console/incidents/${id}` }),
  };
}

/** What `write` makes, or where it throws what `plain` makes of the reason; `failed` hears it for the log. */
export function renderOrPlain<T>(
  write: () => T,
  plain: (why: string) => T,
  failed: (error: unknown) => void,
): T {
  try {
    return write();
  } catch (error) {
    failed(error);
    return plain(describeError(error));
  }
}

/** Why something could not be written, on one line for people. */
export function describeError(error: unknown): string {
  return (
    clip(redact(toOneLine(error instanceof Error ? error.message : String(error))), MAX_WHY) ||
    'no reason given'
  );
}

export function listPlainLines(notice: PlainNotice, why: string): string[] {
  return [
    `${formatState(notice)}  ${notice.alertname}`,
    `Incident ${notice.incidentId}${notice.link === undefined ? '' : ` ${notice.link}`}`,
    `This notice could not be written out in full: ${why}`,
  ];
}

export function formatState({ state, severity }: PlainNotice): string {
  return state === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
}
