import { hashSha256 } from '../../shared/hash.ts';
import { clip, toOneLine } from '../../shared/plain-text.ts';
import type { Notice } from '../notice.ts';
import type { BaseSubject } from './email-subject.ts';

/** Beyond this a header line needs folding, which rules of some servers do not undo. */
const MAX_VALUE = 200;

/** 100 ns steps from 1601, when Windows' clock starts, to 1970. */
const WINDOWS_EPOCH = 116_444_736_000_000_000n;

/** What mail rules can go by without reading the subject, and what keeps Outlook's conversation together. */
export function createMailHeaders(
  notice: Notice,
  baseSubject: BaseSubject,
  domain: string,
): Record<string, string> {
  const urgent = notice.state === 'firing' && notice.severity === 'critical' && notice.ping;
  return {
    'List-Id': `first-responder alerts <alerts.first-responder.${domain}>`,
    // Exchange takes the topic for the conversation's where the subject ends with it (MS-OXCMAIL 2.2.3.2.7).
    'Thread-Topic': value(baseSubject.words),
    'Thread-Index': threadIndex(notice),
    'X-First-Responder-Incident': value(notice.incidentId),
    'X-First-Responder-Alertname': value(notice.alertname),
    'X-First-Responder-Source': value(notice.source),
    'X-First-Responder-Severity': notice.severity,
    'X-First-Responder-State': notice.state,
    'X-First-Responder-Reason': notice.reason,
    'X-First-Responder-Tier': `L${notice.tier}`,
    ...(urgent ? { Importance: 'high', 'X-Priority': '1' } : {}),
  };
}

function value(raw: string): string {
  return clip(toOneLine(raw), MAX_VALUE) || 'none';
}

/**
 * Outlook's conversation (MS-OXOMSG, PidTagConversationIndex): one reserved byte, five of the time it began, sixteen that
 * name it. The same for each mail of the incident, so that what changes in a subject begins no new one.
 */
function threadIndex({ incidentId, openedAt }: Notice): string {
  const began = (BigInt(Math.trunc(openedAt)) * 10_000n + WINDOWS_EPOCH).toString(16).padStart(16, '0');
  return Buffer.from(`01${began.slice(2, 12)}${hashSha256(incidentId, 32)}`, 'hex').toString('base64');
}
