import type { Line, NoticeDocument, Part, Section } from '../../../core/notice/document/document-types.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';
import { formatUtc } from '../../../core/shared/time.ts';
import { type ContentIdOf, renderBarChart, renderPictureChart } from './chart-html.ts';
import { renderFrame } from './frame.ts';
import { escapeMarkup, type Markup } from './markup.ts';
import { getTitleColour, sans, sheet, style } from './style.ts';
import { renderTable } from './table.ts';

const MAX_LINE = 2000;
/**
 * Log lines shown. On a phone each takes three lines and pushes the next steps down; the plain text has all.
 */
const MAX_LINES = 5;

/**
 * A document as an HTML mail: tables for layout, styles on each element, no external resources. `contentIdOf`
 * gives the id of a chart's attached picture; other charts are table cells. `omitted` parts did not fit,
 * which a line at the end says.
 */
export function renderHtml(document: NoticeDocument, contentIdOf: ContentIdOf, omitted: number): string {
  const page = escapeMarkup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${document.title.text}</title>
<style>${{ html: sheet }}</style>
</head>
<body class="page" style="${style.body}">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="${style.page}">
<tr><td class="edge" align="center" style="padding:16px 8px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="${style.card}">
<tr><td class="pad" bgcolor="${getTitleColour(document.title)}" style="padding:14px 20px;background-color:${getTitleColour(document.title)};border-radius:8px 8px 0 0;color:#ffffff;${sans};font-size:18px;line-height:1.35;font-weight:700;word-break:break-word">${keepSpaces(document.title.text)}</td></tr>
${document.sections.map((section, index) => sectionRow(index === 0 ? newsFirst(section) : section, contentIdOf))}
${omittedRow(omitted)}${linkRow(document)}
</table>
</td></tr>
</table>
</body>
</html>
`;
  return page.html;
}

/** HTML collapses runs of spaces; these separate the state from the subject. */
function keepSpaces(title: string): string {
  return title.replaceAll('  ', '\u00a0\u00a0 ');
}

/**
 * Lock screens and inboxes show the beginning of a mail's text below its subject. A hidden line for them would be read
 * in clients without `display:none`, so the title is followed by what happened and what it means; when and where is last.
 */
function newsFirst(section: Section): Section {
  const [asides, lines] = [true, false].map((isAside) =>
    section.parts.filter(({ kind }) => (kind === 'aside') === isAside),
  );
  return { ...section, parts: [...(lines ?? []), ...(asides ?? [])] };
}

function sectionRow(section: Section, contentIdOf: ContentIdOf): Markup {
  const heading = section.heading
    ? [escapeMarkup`<h2 style="margin:0 0 6px;font-weight:700;font-size:16px">${section.heading}</h2>`]
    : [];
  const parts = section.parts.map((part) => partMarkup(part, contentIdOf));
  return escapeMarkup`<tr><td class="pad text" style="${style.text};padding:12px 20px 2px;word-break:break-word">${heading}${parts}</td></tr>
`;
}

function partMarkup(part: Part, contentIdOf: ContentIdOf): Markup {
  switch (part.kind) {
    case 'line':
      return escapeMarkup`<p style="${style.line}">${lineMarkup(part.line)}</p>`;
    case 'aside':
      return escapeMarkup`<p class="soft" style="${style.soft}">${lineMarkup(part.line)}</p>`;
    case 'command':
      return escapeMarkup`<p style="${style.line}">${lineMarkup(part.line)}</p>${[renderFrame(part.command)]}`;
    case 'table':
      return escapeMarkup`${[renderTable(part.columns, part.rows)]}${cutLine(part.omitted, 'more')}`;
    case 'text':
      return textBox(part);
    case 'chart': {
      const contentId = contentIdOf(part);
      return (
        (contentId === undefined ? undefined : renderPictureChart(part, contentId)) ?? renderBarChart(part)
      );
    }
  }
}

function lineMarkup(line: Line): Markup[] {
  return line.map((span) => {
    if (typeof span === 'string') return escapeMarkup`${clip(span, MAX_LINE)}`;
    if ('time' in span) return escapeMarkup`${formatUtc(span.time)}`;
    if ('bold' in span) return escapeMarkup`<strong>${clip(span.bold, MAX_LINE)}</strong>`;
    return escapeMarkup`<code class="code" style="${style.code}">${clip(span.code, MAX_LINE)}</code>`;
  });
}

function textBox({ lines, omitted }: Extract<Part, { kind: 'text' }>): Markup {
  const newest = lines.slice(-MAX_LINES).map((line) => clip(toOneLine(line), MAX_LINE));
  const earlier = omitted + lines.length - newest.length;
  return escapeMarkup`${cutLine(earlier, 'earlier')}${[renderFrame(newest.join('\n'))]}`;
}

function cutLine(omitted: number, which: 'more' | 'earlier'): Markup[] {
  return omitted > 0 ? [escapeMarkup`<p class="soft" style="${style.soft}">… ${omitted} ${which}</p>`] : [];
}

function omittedRow(omitted: number): Markup[] {
  if (omitted === 0) return [];
  const words = `… ${omitted} less urgent parts are left out here; the plain text of this mail has them.`;
  return [
    escapeMarkup`<tr><td class="pad" style="padding:2px 20px"><p class="soft" style="${style.soft}">${words}</p></td></tr>
`,
  ];
}

function linkRow(document: NoticeDocument): Markup {
  const links = document.links.map(
    ({ label, url }) => escapeMarkup`<a class="link" href="${url}" style="${style.link}">${label}</a> `,
  );
  return escapeMarkup`<tr><td class="pad" style="padding:6px 20px 18px;font-size:14px">${links}</td></tr>`;
}
