import type { Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';

/**
 * A notice written out, before any channel's syntax: one source for Slack and mail, so that both say the same
 * in the same order. All text is raw; the channel's renderer escapes it, once, and is the only one to do so.
 */
export type NoticeDocument = {
  title: Title;
  /** One line that stands for the whole on a lock screen; starts with the severity. */
  preview: string;
  sections: Section[];
  links: { label: string; url: string }[];
};

/** `text` starts with the severity or RESOLVED in capitals; the mark for it is the renderer's. */
export type Title = { severity: Severity; resolved: boolean; text: string };

/** Parts that belong together under a heading. */
export type Section = { heading?: string; parts: Part[] };

/** A run of text; a time is shown in the reader's zone where the channel can. */
export type Span = string | { bold: string } | { code: string } | { time: Millis };
export type Line = Span[];

/**
 * What gives way when a channel's limits are reached: first `extra` parts, then `useful` ones, within each the last
 * first. `vital` parts are bounded so that they always fit.
 */
export type Rank = 'vital' | 'useful' | 'extra';

type ChartPart = {
  kind: 'chart';
  points: [Millis, number][];
  caption: string;
  unit?: string;
  /** At which value the alert fires. */
  threshold?: number;
};

export type Part = { rank: Rank } & (
  | { kind: 'line'; line: Line }
  /** Less important than what stands around it: small print. */
  | { kind: 'aside'; line: Line }
  /** Shown whole or not at all: half a command is worse than none. */
  | { kind: 'command'; line: Line; command: string }
  | { kind: 'table'; columns: string[]; rows: string[][]; omitted: number }
  /** Lines as they were written, the newest last; where room is short the newest stay. `omitted` ones are older. */
  | { kind: 'text'; lines: string[]; omitted: number }
  | ChartPart
);
