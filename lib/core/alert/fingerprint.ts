import { hashSha256 } from '../shared/hash.ts';

/**
 * FNV-1a 64: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv. Each number is split into two halves
 * of 32 bits.
 */
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The prime is 2^40 + 0x1b3. */
const PRIME_LOW = 0x1b3;
const WORD = 2 ** 32;
const SEPARATOR = 255;

/** The only label that differs between copies of one alert at several severities. */
const SEVERITY_LABEL = 'severity';

const utf8 = new TextEncoder();

/**
 * Computes Alertmanager's own fingerprint: FNV-1a 64 over the labels sorted by name, as 16 hex digits. The
 * byte 255 follows each name and value. Source: prometheus/common, model/signature.go. Only Alertmanager
 * before 0.18 omits it. Its label names are ASCII, so bytes and UTF-16 sort alike.
 *
 * Two 32-bit halves fit a double exactly; with bigint, a webhook of 10,000 alerts would take seconds.
 */
export function computeFingerprint(labels: Readonly<Record<string, string>>): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    high = (high * PRIME_LOW + ((mixed << 8) >>> 0) + Math.floor(product / WORD)) % WORD;
    low = product % WORD;
  };
  for (const name of Object.keys(labels).toSorted()) {
    for (const part of [name, labels[name] ?? '']) {
      for (const byte of utf8.encode(part)) add(byte);
      add(SEPARATOR);
    }
  }
  return hexWord(high) + hexWord(low);
}

/** The sender's fingerprint if it is valid, else the one computed from the labels. */
export function readFingerprint(alert: {
  fingerprint: string;
  labels: Readonly<Record<string, string>>;
}): string {
  const given = alert.fingerprint.toLowerCase();
  return /^[0-9a-f]{16}$/.test(given) ? given : computeFingerprint(alert.labels);
}

/**
 * 12 hex digits over the labels without the severity: equal for alerts that differ in severity only
 * (docs/rules.md#rule-3).
 */
export function formatIdentity(labels: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels)
    .filter(([name]) => name !== SEVERITY_LABEL)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hashSha256(JSON.stringify(rest), 12);
}

function hexWord(word: number): string {
  return word.toString(16).padStart(8, '0');
}
