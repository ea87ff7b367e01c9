import { formatIso, type Millis } from '../../shared/time.ts';

/**
 * A report without a format. Every text is plain, and a writer must keep it plain. `hint` is a note to the
 * person who completes the draft; `lines` are shown as written.
 */
export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; text: string }
  | { kind: 'paragraph' | 'hint'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'list' | 'tasks'; items: string[] }
  | { kind: 'table'; columns: string[]; rows: string[][] }
  | { kind: 'lines'; lines: string[] };

/** Writes a report as Markdown and escapes all texts. */
export type MarkdownWriter = (blocks: Block[]) => string;

/** `2026-11-24 03:27:12 UTC` */
export function formatSecond(time: Millis): string {
  return `${formatIso(time).slice(0, -5).replace('T', ' ')} UTC`;
}
