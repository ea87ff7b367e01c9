import type { Notice } from '../../../core/notice/notice.ts';
import { hashSha256 } from '../../../core/shared/hash.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';
import type { BaseSubject } from './subject.ts';

/** A longer header line would be folded, and the rules of some servers do not unfold it. */
const MAX_VALUE = 200;

/** 100 ns steps from 1601, when Windows' clock starts, to 1970. */
const WINDOWS_EPOCH = 116_444_736_000_000_000n;

/** Headers for mail rules, and for Outlook's conversations. */
export function createMailHeaders(
  notice: Notice,
  baseSubject: BaseSubject,
  domain: string,
): Record<string, string> {
  const urgent = notice.state === 'firing' && notice.severity === 'critical' && notice.ping;
  return {
    'List-Id': `first-responder alerts <alerts.first-responder.${domain}>`,
    // Exchange uses this topic for the conversation if the subject ends with it (MS-OXCMAIL 2.2.3.2.7).
    'Thread-Topic': toHeaderValue(baseSubject.words),
    'Thread-Index': createThreadIndex(notice),
    'X-First-Responder-Incident': toHeaderValue(notice.incidentId),
    'X-First-Responder-Alertname': toHeaderValue(notice.alertname),
    'X-First-Responder-Source': toHeaderValue(notice.source),
    'X-First-Responder-Severity': notice.severity,
    'X-First-Responder-State': notice.state,
    'X-First-Responder-Reason': notice.reason,
    'X-First-Responder-Tier': `L${notice.tier}`,
    ...(urgent ? { Importance: 'high', 'X-Priority': '1' } : {}),
  };
}

function toHeaderValue(raw: string): string {
  return clip(toOneLine(raw), MAX_VALUE) || 'none';
}

/**
 * Outlook's conversation (MS-OXOMSG, PidTagConversationIndex): one reserved byte, five for its start, sixteen
 * for its id. All mails of an incident have the same value, so a changed subject starts no new conversation.
 */
function createThreadIndex({ incidentId, openedAt }: Notice): string {
  const began = (BigInt(Math.trunc(openedAt)) * 10_000n + WINDOWS_EPOCH).toString(16).padStart(16, '0');
  return Buffer.from(`01${began.slice(2, 12)}${hashSha256(incidentId, 32)}`, 'hex').toString('base64');
}
