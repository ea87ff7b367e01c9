import type { Severity } from '../../shared/severity.ts';
import type { Millis } from '../../shared/time.ts';

/**
 * A notice as a document without any channel's syntax. Slack and mail share it, so both say the same in the
 * same order. All text is raw; only the channel's renderer escapes it, once.
 */
export type NoticeDocument = {
  title: Title;
  /** The document in one line for a lock screen; starts with the severity. */
  preview: string;
  sections: Section[];
  links: { label: string; url: string }[];
};

/** `text` starts with the severity or RESOLVED in capitals; the renderer adds the emoji. */
export type Title = { severity: Severity; resolved: boolean; text: string };

/** Parts that belong together under a heading. */
export type Section = { heading?: string; parts: Part[] };

/** A run of text; a time is shown in the reader's zone if the channel can. */
export type Span = string | { bold: string } | { code: string } | { time: Millis };
export type Line = Span[];

/**
 * What is dropped at a channel's limits: first `extra` parts, then `useful` ones, each from the end. `vital`
 * parts are bounded, so they always fit.
 */
export type Rank = 'vital' | 'useful' | 'extra';

type ChartPart = {
  kind: 'chart';
  points: [Millis, number][];
  caption: string;
  unit?: string;
  /** The value at which the alert fires. */
  threshold?: number;
};

export type Part = { rank: Rank } & (
  | { kind: 'line'; line: Line }
  /** Small print. */
  | { kind: 'aside'; line: Line }
  /** Shown whole or not at all: half a command is dangerous. */
  | { kind: 'command'; line: Line; command: string }
  | { kind: 'table'; columns: string[]; rows: string[][]; omitted: number }
  /** Lines as written, the newest last. A short message keeps the newest. `omitted` counts older lines. */
  | { kind: 'text'; lines: string[]; omitted: number }
  | ChartPart
);
