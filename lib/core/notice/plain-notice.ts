import type { NoticeEffect } from '../incident/effect-schema.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { redact } from '../redaction/redact.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import type { Notice } from './notice.ts';
/**
 * Sent when a notice cannot be composed or rendered: severity, alertname, id and the error. It uses so little
 * that it cannot fail itself. A page without findings is better than none.
 */
export type PlainNotice = Pick<
  Notice,
  'incidentId' | 'seq' | 'state' | 'severity' | 'alertname' | 'ping' | 'flapping' | 'flappingOver'
> & {
  /** The incident's page, if it has one. */
  link?: string;
};

const MAX_ALERTNAME = 200;
const MAX_WHY = 200;
export const MAX_LINE = 1_200;

export function toPlainNotice(
  incident: Incident,
  { seq, ping, flappingOver }: Pick<NoticeEffect, 'seq' | 'ping' | 'flappingOver'>,
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
    flapping: incident.flapping.since !== undefined,
    flappingOver,
    link: publicUrl === undefined ? undefined : `${publicUrl}/console/incidents/${id}`,
  };
}

/** An error on one line for people, without secrets. */
export function describeError(error: unknown): string {
  return (
    clip(redact(toOneLine(error instanceof Error ? error.message : String(error))), MAX_WHY) ||
    'no reason given'
  );
}

export function listPlainLines(notice: PlainNotice, why: string): string[] {
  return [
    `${formatState(notice)}${notice.flapping && notice.state === 'resolved' ? ', nothing fires now' : ''}  ${notice.alertname}`,
    `Incident ${notice.incidentId}${notice.link === undefined ? '' : ` ${notice.link}`}`,
    `This notice could not be written out in full: ${why}`,
  ];
}

/**
 * The state in capitals: the start of titles and subjects. Only the end is `RESOLVED`. While it flaps, and when that is
 * over, people have read one before.
 */
export function formatState({
  state,
  severity,
  flapping,
  flappingOver,
}: Pick<PlainNotice, 'state' | 'severity' | 'flapping' | 'flappingOver'>): string {
  if (state === 'firing') return severity.toUpperCase();
  if (flapping) return 'FLAPPING';
  return flappingOver === undefined ? 'RESOLVED' : 'FLAPPING OVER';
}
