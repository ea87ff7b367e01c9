import { withholdCommand } from '../diagnosis/fill-commands.ts';
import { redactTexts } from '../redaction/redact-texts.ts';
import type { Notice } from './notice.ts';

/**
 * A notice as it may leave: every text redacted. A command is withheld whole, because redaction would change what a person pastes;
 * links with a secret were left out when the notice was composed.
 */
export function redactNotice(notice: Notice): Notice {
  const { commands, ...texts } = notice;
  return { ...redactTexts(texts), commands: commands.map(withholdCommand) };
}
