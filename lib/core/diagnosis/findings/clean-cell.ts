import { redact } from '../../redaction/redact.ts';
import { clip, takeHead } from '../../shared/clip.ts';
import type { Cell } from './finding.ts';

const MAX_CELL = 200;
const MAX_SENTENCE = 500;
/** Redacted before the final cut, because half a credential must still be recognised. */
const MAX_READ = 4_000;

/** A server's value as readable, harmless text on one line. */
export function cleanCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  return clip(redactOnOneLine(String(value)), MAX_CELL);
}

/** A sentence for people: redacted, on one line. */
export function cleanSentence(text: string): string {
  return clip(redactOnOneLine(text), MAX_SENTENCE);
}

/** Redacted as lines, where blocks are told apart, and as one line, because control characters can hide a name. */
function redactOnOneLine(text: string): string {
  const head = takeHead(text, MAX_READ);
  return redact(toOneLine(head.includes('\n') ? redact(head) : head));
}

function toOneLine(text: string): string {
  // Control characters and direction overrides can disguise text.
  return text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
