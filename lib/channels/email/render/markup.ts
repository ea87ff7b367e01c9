import { cleanText } from '../../../core/shared/plain-text.ts';

/**
 * Markup that is safe to send. Only `escapeMarkup` makes it, so text cannot become HTML without being
 * escaped.
 */
export type Markup = { readonly html: string };

type Insert = string | number | Markup | readonly Markup[];

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Template tag for HTML. The template is ours. Every inserted string is escaped here and nowhere else;
 * inserted markup is kept.
 */
export function escapeMarkup(template: TemplateStringsArray, ...inserts: Insert[]): Markup {
  let html = template[0] ?? '';
  inserts.forEach((insert, index) => {
    html += toHtml(insert) + (template[index + 1] ?? '');
  });
  return { html };
}

function toHtml(insert: Insert): string {
  if (typeof insert === 'string') return escape(cleanText(insert));
  if (typeof insert === 'number') return String(insert);
  if ('html' in insert) return insert.html;
  return insert.map((each) => each.html).join('');
}

function escape(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
