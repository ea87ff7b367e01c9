import { alignTable } from '../../../core/notice/document/align-table.ts';
import type { NoticeDocument, Part, Rank, Section } from '../../../core/notice/document/document-types.ts';
import { drawSparkline } from '../../../core/notice/document/sparkline.ts';
import {
  fenceCommand,
  fenceLines,
  renderLine,
  renderLink,
  renderMention,
  toMrkdwnObject,
  toPlainTextObject,
} from './mrkdwn.ts';

type Block = Record<string, unknown>;
/** A rendered text that is shown whole or not at all. */
type Piece = { section: number; rank: Rank; aside: boolean; text: string };

/** Slack refuses more: https://docs.slack.dev/reference/block-kit/blocks */
const MAX_SECTION = 3000;
const MAX_HEADER = 150;
/** Slack answers msg_blocks_too_long at about 13,200 characters of all blocks; the difference is a margin. */
const MAX_TOTAL = 12_000;
/** The size of a block without its text, rounded up. */
const BLOCK_COST = 90;

const MAX_HEADING = 200;
const MAX_LINE = 1_600;
const MAX_VITAL_LINE = 900;
const MAX_COMMAND = 1500;
const MAX_FENCE = 2600;
const MAX_LINK = 1_600;
/** Of all links together, which stand below everything else. */
const MAX_LINKS = 3_600;
/** https://docs.slack.dev/reference/block-kit/blocks/context-block */
const MAX_ELEMENTS = 10;
const MAX_MENTIONS = 20;

const shortened = 'Shortened to fit Slack. The mail and the incident have all of it.';

/**
 * A document as Block Kit, always within Slack's limits. Every text is bounded where it is rendered, and
 * pieces are added by rank until the message is full.
 */
export function renderBlocks(
  document: NoticeDocument,
  mentions: string[],
  more: { actions?: Block[]; footnote?: string } = {},
): Block[] {
  const { actions = [], footnote } = more;
  const head: Block[] = [
    ...mentionBlock(mentions),
    { type: 'header', text: toPlainTextObject(`${mark(document)} ${document.title.text}`, MAX_HEADER) },
  ];
  const foot: Block[] = [
    ...actions,
    ...linkBlock(document.links),
    ...(footnote ? [contextBlock(footnote)] : []),
  ];
  const pieces = document.sections.flatMap(renderSection);
  const room = MAX_TOTAL - cost([...head, ...foot, contextBlock(shortened)]);
  const kept = fill(pieces, room);
  const note = kept.length < pieces.length ? [contextBlock(shortened)] : [];
  return [...head, ...pack(kept), ...note, ...foot];
}

/** The emoji of the severity or state. */
function mark(document: NoticeDocument): string {
  if (document.title.resolved) return '✅';
  switch (document.title.severity) {
    case 'critical':
      return '🔴';
    case 'warning':
      return '🟠';
    case 'info':
      return '🔵';
  }
}

function renderSection(section: Section, index: number): Piece[] {
  const parts = section.parts.flatMap((part) => renderPart(part, index));
  const [first] = parts;
  if (!section.heading || !first) return parts;
  // The heading joins its first part, so that it never stands alone.
  const heading = renderLine([{ bold: section.heading }], MAX_HEADING);
  return [{ ...first, aside: false, text: `${heading}\n${first.text}` }, ...parts.slice(1)];
}

function renderPart(part: Part, section: number): Piece[] {
  const piece = (text: string, aside = false): Piece[] =>
    text === '' ? [] : [{ section, rank: part.rank, aside, text }];
  switch (part.kind) {
    case 'line':
      return piece(renderLine(part.line, part.rank === 'vital' ? MAX_VITAL_LINE : MAX_LINE));
    case 'aside':
      return piece(renderLine(part.line, MAX_VITAL_LINE), true);
    case 'command': {
      const shown = fenceCommand(part.command, MAX_COMMAND);
      const what = renderLine(part.line, 300);
      return piece(`${what}\n${shown ?? '(too long to show whole in Slack: see the mail or the incident)'}`);
    }
    case 'table':
      return table(alignTable(part.columns, part.rows), part.omitted, piece);
    case 'text':
      return log(part.lines, part.omitted, piece);
    case 'chart':
      return piece(renderLine([`${drawSparkline(part.points, 24)}  ${part.caption}`], MAX_LINE));
  }
}

function table(lines: string[], omitted: number, piece: (text: string) => Piece[]): Piece[] {
  const { text, left } = fenceLines(lines, MAX_FENCE, 'first');
  const hidden = left + omitted;
  return text === '' ? [] : piece(hidden > 0 ? `${text}\n… ${hidden} more` : text);
}

function log(lines: string[], omitted: number, piece: (text: string) => Piece[]): Piece[] {
  const { text, left } = fenceLines(lines, MAX_FENCE, 'last');
  const hidden = left + omitted;
  return text === '' ? [] : piece(hidden > 0 ? `… ${hidden} earlier\n${text}` : text);
}

/** The pieces that fit, in their own order; a lower rank gets the room that the higher ones left. */
function fill(pieces: Piece[], room: number): Piece[] {
  const kept = new Set<Piece>();
  let left = room;
  for (const rank of ['vital', 'useful', 'extra'] satisfies Rank[]) {
    for (const piece of pieces) {
      const size = JSON.stringify(piece.text).length + BLOCK_COST;
      if (piece.rank !== rank || size > left) continue;
      kept.add(piece);
      left -= size;
    }
  }
  return pieces.filter((piece) => kept.has(piece));
}

/** Adjacent pieces of one section share a block while they fit. */
function pack(pieces: Piece[]): Block[] {
  const groups: Piece[] = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    const joined = last ? `${last.text}\n${piece.text}` : '';
    if (
      last &&
      last.section === piece.section &&
      last.aside === piece.aside &&
      joined.length <= MAX_SECTION
    ) {
      groups[groups.length - 1] = { ...last, text: joined };
    } else {
      groups.push(piece);
    }
  }
  return groups.map((group) =>
    group.aside ? contextBlock(group.text) : { type: 'section', text: toMrkdwnObject(group.text) },
  );
}

function mentionBlock(mentions: string[]): Block[] {
  const text = mentions.slice(0, MAX_MENTIONS).map(renderMention).filter(Boolean).join(' ');
  return text === '' ? [] : [{ type: 'section', text: toMrkdwnObject(text) }];
}

function linkBlock(links: NoticeDocument['links']): Block[] {
  let left = MAX_LINKS;
  const elements = links.flatMap(({ label, url }) => {
    const text = renderLink(label, url, Math.min(left, MAX_LINK));
    if (text === undefined) return [];
    left -= text.length + BLOCK_COST;
    return [toMrkdwnObject(text)];
  });
  return Array.from({ length: Math.ceil(elements.length / MAX_ELEMENTS) }, (_, row) => ({
    type: 'context',
    elements: elements.slice(row * MAX_ELEMENTS, (row + 1) * MAX_ELEMENTS),
  }));
}

function contextBlock(text: string): Block {
  return { type: 'context', elements: [toMrkdwnObject(text)] };
}

function cost(blocks: Block[]): number {
  return JSON.stringify(blocks).length;
}
