/**
 * Removes credentials from servers' answers before anything is stored or sent. Losing a harmless word is
 * better than a password on Slack. Input may be hostile, so every repetition that could backtrack is bounded:
 * no text takes long.
 */

const HIDDEN = '[redacted]';
/** Keeps what was redacted before. */
const NOT_YET = '(?!\\[redacted)';

const KEY =
  '(?:password|passwd|passphrase|pwd|secret|token(?!s)|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\\w-]{0,40}';
const VALUE = `"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|[^\\s,;&)}\\]]+`;

const RULES: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, HIDDEN],
  // user:password@ in any URL; up to the last @, because passwords can contain it
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,100}):\S{1,300}@/gi, `$1:${HIDDEN}@`],
  [
    /(\bauthorization["']?\s{0,5}[=:]\s{0,5}["']?(?:(?:basic|bearer|token|digest)\s{1,5})?)(?!\[redacted|(?:basic|bearer|token|digest)\s)[^\s"',]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(bearer)\s{1,5}[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  [/\b(basic)\s{1,5}[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // password=…, "api_key": "…", SECRET_TOKEN: …
  [new RegExp(`(${KEY}["']?\\s{0,5}[=:]\\s{0,5})${NOT_YET}(?:${VALUE})`, 'gi'), `$1${HIDDEN}`],
  // PostgreSQL: ALTER ROLE … PASSWORD '…'
  [/(\bpassword\s{1,5})'[^']*'?/gi, `$1'${HIDDEN}'`],
  [/\bxox[a-z]-[A-Za-z0-9-]{8,}/g, HIDDEN],
  [/\bxapp-[A-Za-z0-9-]{8,}/g, HIDDEN],
  [/\bhooks\.slack\.com\/(?:services|workflows|triggers)\/\S+/g, `hooks.slack.com/${HIDDEN}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/\bk8s-aws-v1\.[A-Za-z0-9_-]{8,}/g, HIDDEN],
  // A truncated JSON Web Token counts too.
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,2}/g, HIDDEN],
  [/\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g, HIDDEN],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, HIDDEN],
];

export function redact(text: string): string {
  return RULES.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);
}
