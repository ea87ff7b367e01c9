/**
 * Takes credentials out of what servers answered, before anything is stored or sent. Conservative: a harmless
 * word lost is better than a password on Slack.
 */

const HIDDEN = '[redacted]';

const RULES: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // user:password@ in any URL
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]+@/gi, `$1:${HIDDEN}@`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/\bxox[a-z]-[A-Za-z0-9-]{8,}/g, HIDDEN],
  [/\bhooks\.slack\.com\/services\/\S+/g, `hooks.slack.com/services/${HIDDEN}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, HIDDEN],
  [/\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{16,}/g, HIDDEN],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, HIDDEN],
  // password=…, "api_key": "…", SECRET_TOKEN: …
  [
    /((?:[\w-]*(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[\w-]*)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi,
    `$1${HIDDEN}`,
  ],
  // PostgreSQL: ALTER ROLE … PASSWORD '…'
  [/(\bpassword\s+)'[^']*'/gi, `$1'${HIDDEN}'`],
];

export function redact(text: string): string {
  return RULES.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);
}
