import { formatIso, type Millis } from '../../shared/time.ts';

/**
 * A report without its format: every text is plain, whatever it holds, and whoever writes it out keeps it so.
 * `hint` is what the draft says to whoever completes it; `lines` are shown as they were written.
 */
export type Block =
  | { kind: 'heading'; level: 1 | 2 | 3; text: string }
  | { kind: 'paragraph' | 'hint'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'list' | 'tasks'; items: string[] }
  | { kind: 'table'; columns: string[]; rows: string[][] }
  | { kind: 'lines'; lines: string[] };

/** Writes a report as Markdown in which no text is taken for markup. */
export type MarkdownWriter = (blocks: Block[]) => string;

/** `2026-11-24 03:27:12 UTC` */
export function formatSecond(time: Millis): string {
  return `${formatIso(time).slice(0, -5).replace('T', ' ')} UTC`;
}
