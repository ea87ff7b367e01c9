/** Why a notice goes out; see docs/glossary.md and docs/rules.md. */
export const noticeReasons = [
  'opened',
  'joined',
  'raised',
  'updated',
  'reminder',
  'escalated',
  'acknowledged',
  'reopened',
  'flapping',
  'unverified',
  'resolved',
  'closed',
] as const;

export type NoticeReason = (typeof noticeReasons)[number];

/** Whether a notice for this reason says that the incident is over. */
export function isEnd(reason: NoticeReason): boolean {
  return reason === 'resolved' || reason === 'closed';
}
