/** What a mistake is about. Editors and CI tell them apart by it. */
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

/** One thing to mend. A warning is something that works, but hardly as it was meant. */
export type Mistake = {
  /** As people can open it from where they stand. */
  file: string;
  /** Counted from 1. */
  line: number;
  severity: 'error' | 'warning';
  rule: MistakeRule;
  /** One sentence without a full stop. */
  message: string;
};

/** `FILE:12: sentence` */
export function mistakeText({ file, line, severity, message }: Mistake): string {
  return `${file}:${line}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/** File by file, from top to bottom; what stands on one line stays in its order. */
export function inReadingOrder(mistakes: Mistake[]): Mistake[] {
  return mistakes.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** The runbooks cannot be used; the message has a line for every mistake. */
export class RunbookMistakes extends Error {
  /** For commands: the answer is no, and every line of it is one. */
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
