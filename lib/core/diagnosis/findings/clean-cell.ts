import { clip, takeHead } from '../../shared/clip.ts';
import { redact } from '../expressions/redact.ts';
import type { Cell } from './finding.ts';

const MAX_CELL = 200;
const MAX_SENTENCE = 500;
/** Redacted before the final cut, because half a credential must still be recognised. */
const MAX_READ = 4_000;

/** A server's value as readable, harmless text on one line. */
export function cleanCell(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  return clip(redact(toOneLine(takeHead(String(value), MAX_READ))), MAX_CELL);
}

/** A sentence for people: redacted, on one line. */
export function cleanSentence(text: string): string {
  return clip(redact(toOneLine(takeHead(text, MAX_READ))), MAX_SENTENCE);
}

function toOneLine(text: string): string {
  // Control characters and direction overrides can disguise text.
  return text
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
