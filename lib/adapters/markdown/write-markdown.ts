import type { Parents, PhrasingContent, RootContent, TableRow, Text } from 'mdast';
import { gfmAutolinkLiteralToMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item';
import { defaultHandlers, type Info, type State, toMarkdown } from 'mdast-util-to-markdown';
import type { Block } from '../../core/history/report/document.ts';
import { cleanText, clip, toOneLine } from '../../core/shared/plain-text.ts';

/** Longer texts are cut, so that a table's row stays readable. */
const MAX_TEXT = 2_000;
const MAX_CELL = 500;

/**
 * GitHub-flavoured Markdown: https://github.github.com/gfm. The blocks become a syntax tree, so that text stays text:
 * the writer escapes every character that would be markup in its place, bare web addresses and mails included.
 */
export function writeMarkdown(blocks: Block[]): string {
  return toMarkdown(
    { type: 'root', children: blocks.map(toNode) },
    {
      bullet: '-',
      rule: '-',
      fences: true,
      handlers: { text: writeText },
      extensions: [
        gfmTableToMarkdown({ tablePipeAlign: false }),
        gfmTaskListItemToMarkdown(),
        gfmAutolinkLiteralToMarkdown(),
        gfmStrikethroughToMarkdown(),
      ],
    },
  );
}

function toNode(block: Block): RootContent {
  switch (block.kind) {
    case 'heading':
      return { type: 'heading', depth: block.level, children: text(block.text) };
    case 'paragraph':
      return { type: 'paragraph', children: text(block.text) };
    case 'hint':
      return { type: 'blockquote', children: [{ type: 'paragraph', children: text(block.text) }] };
    case 'link':
      return { type: 'paragraph', children: [{ type: 'link', url: block.url, children: text(block.text) }] };
    case 'list':
      return { type: 'list', spread: false, children: block.items.map((item) => toItem(item)) };
    case 'tasks':
      return {
        type: 'list',
        spread: false,
        children: block.items.map((item) => ({ ...toItem(item), checked: false })),
      };
    case 'table':
      return { type: 'table', align: [], children: [block.columns, ...block.rows].map(toRow) };
    case 'lines':
      return { type: 'code', value: block.lines.map(toLine).join('\n') };
  }
}

function toLine(line: string): string {
  return cleanText(line).replaceAll('\n', ' ');
}

function toItem(item: string) {
  return {
    type: 'listItem' as const,
    spread: false,
    children: [{ type: 'paragraph' as const, children: text(item) }],
  };
}

function toRow(cells: string[]): TableRow {
  return {
    type: 'tableRow',
    children: cells.map((cell) => ({
      type: 'tableCell',
      children: [{ type: 'text', value: clip(toOneLine(cell), MAX_CELL) }],
    })),
  };
}

function text(value: string): PhrasingContent[] {
  // An empty paragraph or item would disappear.
  return [{ type: 'text', value: clip(toOneLine(value), MAX_TEXT) || '–' }];
}

/**
 * Between letters an underscore is no markup and the writer leaves it, so that `snake_case` reads well. The writer
 * reads half of an emoji as a letter, the specification does not; where there are any, all underscores are escaped.
 */
function writeText(node: Text, parent: Parents | undefined, state: State, info: Info): string {
  const written = defaultHandlers.text(node, parent, state, info);
  if (!/[\ud800-\udfff]/.test(written)) return written;
  return written.replace(/(\\*)_/g, (match, slashes: string) =>
    slashes.length % 2 === 0 ? `${slashes}\\_` : match,
  );
}
