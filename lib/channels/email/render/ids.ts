import type { MailMessage } from '../mail-client.ts';

const MAX_ID_PART = 200;

/**
 * A notice's ids in its incident's conversation. The Message-ID depends only on incident and version, so a
 * repeated mail has the same id. All mails refer to one root id that no mail has. docs/adr/0011.
 */
export function createMailIds(
  { incidentId, seq }: { incidentId: string; seq: number },
  domain: string,
): Pick<MailMessage, 'messageId'> & { inReplyTo: string; references: string[] } {
  const incident = toIdPart(incidentId);
  const right = toIdPart(domain);
  const root = `<${incident}@${right}>`;
  return { messageId: `<${incident}.${seq}@${right}>`, inReplyTo: root, references: [root] };
}

/** Keeps the characters that RFC 5322 allows in an id without quoting, short enough for a line. */
export function toIdPart(raw: string): string {
  return (
    raw
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, MAX_ID_PART)
      .replace(/^[.-]+|[.-]+$/g, '')
      .replace(/\.{2,}/g, '.') || 'incident'
  );
}
