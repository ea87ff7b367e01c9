import type { LocalSlackMessage } from '../../../infra/local/slack/local-slack-messages.ts';

/** The whole visible text of a message, unescaped, one piece of text a line. */
export function slackWords(message: Pick<LocalSlackMessage, 'blocks'>): string {
  return textsIn(message.blocks)
    .join('\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Whether it interrupts everybody in the channel: the mention as markup, not as escaped text. */
export function mentionsChannel(message: LocalSlackMessage): boolean {
  return textsIn(message.blocks).some((text) => text.includes('<!channel>'));
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  );
}
