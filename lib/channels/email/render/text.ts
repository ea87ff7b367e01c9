import { alignTable } from '../../../core/notice/document/align-table.ts';
import type { Line, NoticeDocument, Part } from '../../../core/notice/document/document-types.ts';
import { drawSparkline } from '../../../core/notice/document/sparkline.ts';
import { cleanText, clip, toOneLine } from '../../../core/shared/plain-text.ts';
import { formatUtc } from '../../../core/shared/time.ts';

const MAX_LINE = 2000;
const indent = '    ';

/** A document as plain text: for mail clients without HTML, and for screen readers. */
export function renderText(document: NoticeDocument): string {
  const sections = document.sections.map((section) =>
    [
      ...(section.heading ? [section.heading.toUpperCase(), ''] : []),
      ...section.parts.flatMap((part) => partToLines(part)),
    ].join('\n'),
  );
  const links = document.links.map(({ label, url }) => `${label}: ${url}`).join('\n');
  return `${[toOneLine(document.title.text), ...sections, links].filter(Boolean).join('\n\n')}\n`;
}

/** A line without formatting; times in UTC. */
function lineToText(line: Line): string {
  const text = line
    .map((span) => {
      if (typeof span === 'string') return span;
      if ('time' in span) return formatUtc(span.time);
      return 'bold' in span ? span.bold : span.code;
    })
    .join('');
  return clip(cleanText(text).replace(/[\n\t]+/g, ' '), MAX_LINE);
}

function partToLines(part: Part): string[] {
  switch (part.kind) {
    case 'line':
    case 'aside':
      return [lineToText(part.line)];
    case 'command':
      return [
        lineToText(part.line),
        ...cleanText(part.command)
          .split('\n')
          .map((each) => `${indent}${each}`),
      ];
    case 'table':
      return indented([...alignTable(part.columns, part.rows), ...counted(part.omitted, 'more')]);
    case 'text':
      return indented([
        ...counted(part.omitted, 'earlier'),
        ...part.lines.map((line) => clip(toOneLine(line), MAX_LINE)),
      ]);
    case 'chart':
      return indented([`${drawSparkline(part.points, 40)}  ${toOneLine(part.caption)}`]);
  }
}

function counted(omitted: number, which: 'more' | 'earlier'): string[] {
  return omitted > 0 ? [`… ${omitted} ${which}`] : [];
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `${indent}${line}`);
}
