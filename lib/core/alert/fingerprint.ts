import { sha256Hex } from '../shared/hash.ts';

const OFFSET = 14695981039346656037n;
const PRIME = 1099511628211n;
const MASK = (1n << 64n) - 1n;
const SEPARATOR = 255;

/**
 * Alertmanager's own fingerprint: FNV-1a 64 over the labels sorted by name, each name and value followed by the
 * byte 255, as 16 hex digits. Source: prometheus/common, model/signature.go.
 */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  let hash = OFFSET;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const part of [name, labels[name] ?? '']) {
      for (const byte of encoder.encode(part)) add(byte);
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

/** The label that tells copies of one alert at different levels apart, and nothing else. */
const SEVERITY_LABEL = 'severity';

/** 12 hex digits over the labels without the severity: equal for alerts that differ in severity only (rule 3). */
export function identityOf(labels: Readonly<Record<string, string>>): string {
  const rest = Object.entries(labels)
    .filter(([name]) => name !== SEVERITY_LABEL)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256Hex(JSON.stringify(rest), 12);
}
