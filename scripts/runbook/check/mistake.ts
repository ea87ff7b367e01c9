/** The kind of a mistake, for editors and CI. */
export type MistakeRule =
  | 'yaml'
  | 'schema'
  | 'references'
  | 'expressions'
  | 'labels'
  | 'sql'
  | 'promql'
  | 'kubernetes'
  | 'http'
  | 'budget'
  | 'slack'
  | 'modeline'
  | 'rules';

/** One mistake. A warning is something that works, but probably not as intended. A note is nothing to mend. */
export type Mistake = {
  /** A path that people can open from their folder. */
  file: string;
  /** Counted from 1. */
  line: number;
  severity: 'error' | 'warning' | 'note';
  rule: MistakeRule;
  /** One sentence without a full stop. */
  message: string;
};

/** `FILE:12: sentence`, `FILE:12: warning: sentence` */
export function mistakeText({ file, line, severity, message }: Mistake): string {
  return `${file}:${line}: ${severity === 'error' ? '' : `${severity}: `}${message}`;
}

/** By file, from top to bottom; mistakes of one line keep their order. */
export function inReadingOrder(mistakes: Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** The runbooks are unusable; the message has a line for every mistake. */
export class RunbookMistakes extends Error {
  /** For commands: the answer is no, with all lines of the message. */
  readonly exitCode = 1;
  readonly everyLine = true;
  override name = 'RunbookMistakes';
  readonly mistakes: Mistake[];

  constructor(mistakes: Mistake[]) {
    const sorted = inReadingOrder(mistakes);
    super(sorted.map(mistakeText).join('\n'));
    this.mistakes = sorted;
  }
}
