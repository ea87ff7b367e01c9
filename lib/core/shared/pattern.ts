import { RE2JS, RE2JSSyntaxException } from 're2js';
import { clip } from './clip.ts';

/**
 * A regular expression in the syntax of RE2, which Prometheus and Alertmanager use. Its time grows with the
 * length of the text, whatever the expression (docs/adr/0030-patterns-in-linear-time.md).
 */
export type Pattern = {
  /** Undefined for a text that is longer than `LONGEST_TEXT`. */
  test(text: string): boolean | undefined;
  /** Instructions of its program: what one character of a text costs at most. */
  size: number;
};

export type PatternOptions = {
  /** Whether the whole text must match, as in matchers. Otherwise a part of it is enough. */
  whole?: boolean;
  ignoreCase?: boolean;
  /** Whether `.` matches a line break, as in Prometheus but not in Alertmanager. */
  dotAll?: boolean;
};

/** In characters. Values of labels are shorter, and no more of a log's line is read. */
export const LONGEST_TEXT = 4_096;
/** With `LONGEST_TEXT`, one test costs at most some 0.3 s. A pattern without counts has as many characters. */
export const MAX_SIZE = 1_000;
/** In characters. A longer pattern would be too large as well, but only after it was compiled. */
const LONGEST_PATTERN = 2_000;
const MAX_SHOWN = 40;

/** The mistake continues a sentence that begins with the pattern: `is not a regular expression: missing closing ]: [`. */
export function compilePattern(text: string, options: PatternOptions = {}): Pattern | { mistake: string } {
  if (text.length > LONGEST_PATTERN) {
    return { mistake: `has more than ${LONGEST_PATTERN.toLocaleString('en-US')} characters` };
  }
  const flags = (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (options.dotAll ? RE2JS.DOTALL : 0);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text, flags);
  } catch (error) {
    // Options become a prefix of the text that an error quotes.
    return flags === 0 ? { mistake: describeMistake(error) } : compilePattern(text);
  }
  const size = compiled.programSize();
  if (size > MAX_SIZE) return { mistake: describeExcess(size) };
  return {
    size,
    test(subject) {
      if (subject.length > LONGEST_TEXT) return undefined;
      return options.whole ? compiled.testExact(subject) : compiled.test(subject);
    },
  };
}

/** Why a text is no pattern, as in `compilePattern`; undefined for one that is. */
export function findPatternMistake(text: string): string | undefined {
  const compiled = compilePattern(text);
  return 'mistake' in compiled ? compiled.mistake : undefined;
}

/** What is wrong with a pattern, or several, of this size. */
export function describeExcess(size: number): string {
  const [steps, most] = [size, MAX_SIZE].map((count) => count.toLocaleString('en-US'));
  return `is too large: it takes up to ${steps} steps for each character, and ${most} are allowed`;
}

/** Syntax of JavaScript that RE2 leaves out because it could not be matched in linear time, or writes otherwise. */
const foreign: [RegExp, string][] = [
  [/^\(\?[=!]/, 'a lookahead'],
  [/^\(\?<[=!]/, 'a lookbehind'],
  [/^\\(?:[1-9]|k)/, 'a reference to a group'],
  [/^\\[uc]/, 'an escape of JavaScript'],
];

function describeMistake(error: unknown): string {
  if (!(error instanceof RE2JSSyntaxException)) return 'is not a regular expression';
  const where = clip(error.getPattern() ?? '', MAX_SHOWN);
  const what = foreign.find(([syntax]) => syntax.test(where))?.[1];
  if (what !== undefined)
    return `has ${what}, ${where}, which RE2, the syntax of Prometheus and Alertmanager, does not have`;
  return `is not a regular expression: ${error.getDescription()}${where === '' ? '' : `: ${where}`}`;
}
