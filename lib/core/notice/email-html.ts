import type { Line, NoticeDocument, Part, Section } from './document.ts';
import { type Markup, markup } from './email-markup.ts';
import { clip, oneLine } from './plain-text.ts';
import { chartHeights } from './sparkline.ts';
import { utcWords } from './time-words.ts';

/**
 * A document as an HTML mail. Mail clients drop style sheets, scripts and remote pictures, so: tables for layout,
 * styles on each element, and the chart drawn as table cells.
 */

const MAX_LINE = 2000;
const MAX_CELL = 300;
const CHART_BARS = 60;
const CHART_HEIGHT = 36;

const sans = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
const box = `margin:4px 0 10px;padding:10px 12px;background:#f3f4f6;color:#111827;border-radius:6px;${mono};font-size:13px;line-height:1.45`;

export function documentToHtml(document: NoticeDocument): string {
  const colour = titleColour(document);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>${document.title.text}</title>
</head>
<body style="margin:0;padding:0;background:#e5e7eb">
<div style="display:none;max-height:0;overflow:hidden">${document.preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#e5e7eb">
<tr><td align="center" style="padding:16px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:720px;background:#ffffff;border-radius:8px;${sans};font-size:15px;line-height:1.5;color:#111827;text-align:left">
<tr><td style="padding:14px 20px;background:${colour};border-radius:8px 8px 0 0;color:#ffffff;font-size:18px;font-weight:700;word-break:break-word">${document.title.text}</td></tr>
${document.sections.map(sectionRow)}
${linkRow(document)}
</table>
</td></tr>
</table>
</body>
</html>
`;
  return page.html;
}

function titleColour(document: NoticeDocument): string {
  if (document.title.resolved) return '#15803d';
  switch (document.title.severity) {
    case 'critical':
      return '#b91c1c';
    case 'warning':
      return '#b45309';
    case 'info':
      return '#1d4ed8';
  }
}

function sectionRow(section: Section): Markup {
  const heading = section.heading
    ? [markup`<p style="margin:0 0 6px;font-weight:700;font-size:16px">${section.heading}</p>`]
    : [];
  return markup`<tr><td style="padding:12px 20px 2px;word-break:break-word">${heading}${section.parts.map(partMarkup)}</td></tr>
`;
}

function partMarkup(part: Part): Markup {
  switch (part.kind) {
    case 'line':
      return markup`<p style="margin:0 0 6px">${lineMarkup(part.line)}</p>`;
    case 'aside':
      return markup`<p style="margin:0 0 8px;color:#4b5563;font-size:13px">${lineMarkup(part.line)}</p>`;
    case 'command':
      return markup`<p style="margin:0 0 4px">${lineMarkup(part.line)}</p><pre style="${box};white-space:pre-wrap;word-break:break-all">${part.command}</pre>`;
    case 'table':
      return table(part);
    case 'text':
      return markup`${cutLine(part.omitted, 'earlier')}<pre style="${box};white-space:pre-wrap;word-break:break-word">${part.lines.map((line) => clip(oneLine(line), MAX_LINE)).join('\n')}</pre>`;
    case 'chart':
      return chart(part);
  }
}

function lineMarkup(line: Line): Markup[] {
  return line.map((span) => {
    if (typeof span === 'string') return markup`${clip(span, MAX_LINE)}`;
    if ('time' in span) return markup`${utcWords(span.time)}`;
    if ('bold' in span) return markup`<strong>${clip(span.bold, MAX_LINE)}</strong>`;
    return markup`<code style="${mono};font-size:12px;background:#f3f4f6;color:#111827;padding:1px 4px;border-radius:3px">${clip(span.code, MAX_LINE)}</code>`;
  });
}

function table(part: Extract<Part, { kind: 'table' }>): Markup {
  const head = part.columns.map(
    (column) =>
      markup`<th align="left" style="padding:4px 14px 4px 0;border-bottom:1px solid #d1d5db;color:#4b5563;font-weight:600">${clip(oneLine(column), MAX_CELL)}</th>`,
  );
  const rows = part.rows.map((row) => {
    const cells = part.columns.map(
      (_, index) =>
        markup`<td valign="top" style="padding:4px 14px 4px 0;border-bottom:1px solid #e5e7eb">${clip(oneLine(row[index] ?? ''), MAX_CELL)}</td>`,
    );
    return markup`<tr>${cells}</tr>`;
  });
  return markup`<table cellpadding="0" cellspacing="0" style="margin:2px 0 10px;border-collapse:collapse;${mono};font-size:13px"><tr>${head}</tr>${rows}</table>${cutLine(part.omitted, 'more')}`;
}

function chart(part: Extract<Part, { kind: 'chart' }>): Markup {
  const bars = chartHeights(part.points, CHART_BARS).map((height) => {
    const pixels = Math.max(2, Math.round(height * CHART_HEIGHT));
    return markup`<td valign="bottom" style="padding:0 1px 0 0"><div style="width:6px;height:${pixels}px;background:#b91c1c;font-size:0;line-height:0">&nbsp;</div></td>`;
  });
  return markup`<table role="presentation" cellpadding="0" cellspacing="0" height="${CHART_HEIGHT}" style="margin:4px 0"><tr>${bars}</tr></table><p style="margin:0 0 10px;color:#4b5563;font-size:13px">${part.caption}</p>`;
}

function cutLine(omitted: number, which: 'more' | 'earlier'): Markup[] {
  return omitted > 0
    ? [markup`<p style="margin:0 0 10px;color:#4b5563;font-size:13px">… ${omitted} ${which}</p>`]
    : [];
}

function linkRow(document: NoticeDocument): Markup {
  const links = document.links.map(
    ({ label, url }) => markup`<a href="${url}" style="color:#1d4ed8;margin-right:16px">${label}</a> `,
  );
  return markup`<tr><td style="padding:6px 20px 18px;font-size:14px">${links}</td></tr>`;
}
