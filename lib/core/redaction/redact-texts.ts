import { HIDDEN, isHarmlessValue } from './harmless-values.ts';
import { isSecretHeader } from './headers.ts';
import { isLink, isSecretLink } from './links.ts';
import { redact } from './redact.ts';
import { isSecretName } from './secret-names.ts';

/**
 * The same value with every text in it redacted, at any depth. A text under a name that holds secrets, as of a label `password`,
 * is hidden whole. For what leaves: answers, messages, log lines.
 */
export function redactTexts<T>(value: T): T;
export function redactTexts(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map((each) => redactTexts(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [redact(name), redactNamed(name, inner)]),
  );
}

function redactNamed(name: string, value: unknown): unknown {
  return typeof value === 'string' ? redactNamedText(name, value) : redactTexts(value);
}

/** The text of a label, a column or a field, by its name as well. */
export function redactNamedText(name: string, text: string): string {
  const isSecret = isSecretName(name) || isSecretHeader(name) || /(?:^|[-_.])(?:jwt|bearer)$/i.test(name);
  if (isSecret && !isHarmlessValue(text, { name, quoted: true, spoken: false })) return HIDDEN;
  return redactText(text);
}

/** An address with a secret behind its escapes is hidden whole. One with names and PromQL only stays, as links do. */
function redactText(text: string): string {
  if (!isLink(text)) return redact(text);
  if (!isSecretLink(text)) return text;
  const redacted = text.includes('%') ? HIDDEN : redact(text);
  return redacted === text ? HIDDEN : redacted;
}
