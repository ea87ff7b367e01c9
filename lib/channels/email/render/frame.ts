import { escapeMarkup, type Markup } from './markup.ts';
import { style } from './style.ts';

/** White space that HTML would collapse or drop: runs, tabs, and spaces at the ends of a line. */
const collapsible = / {2}|\t|^ | $/m;

const br = escapeMarkup`<br>`;

/**
 * Fixed-width text in a grey frame, from which it is copied exactly. A table cell, because Outlook for Windows pads and
 * colours nothing else. Lines end with `<br>`, so that they wrap in clients without `white-space`. Only text whose
 * spaces would collapse is a `pre`, never non-breaking spaces: a shell takes those for letters.
 */
export function renderFrame(text: string): Markup {
  const content = collapsible.test(text)
    ? escapeMarkup`<pre style="${style.spaced}">${text}</pre>`
    : escapeMarkup`${joinLines(text.split('\n'))}`;
  return escapeMarkup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="${style.frame}"><tr><td class="box" style="${style.box}">${content}</td></tr></table>`;
}

function joinLines(lines: string[]): Markup[] {
  return lines.map((line, index) => escapeMarkup`${index > 0 ? [br] : []}${line}`);
}
