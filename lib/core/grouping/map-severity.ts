import { getLabel } from '../alert/labels.ts';
import type { Runbook, RunbookCatalog } from '../runbook/runbook.ts';
import { clip } from '../shared/clip.ts';
import type { Severity } from '../shared/severity.ts';

type Labels = Readonly<Record<string, string>>;
type Words = Pick<RunbookCatalog, 'severityAliases' | 'unknownSeverity'>;

const MAX_WORD = 60;

/** Normalizes a severity for lookup in severities.yaml: lower case, without `-` and `_`. */
export function readSeverityLabel(written: string): string {
  return written.trim().toLowerCase().replace(/[-_]/g, '');
}

/** The severity that a label's value means; undefined if severities.yaml does not know the value. */
export function findSeverity({ severityAliases }: Words, written: string): Severity | undefined {
  const word = readSeverityLabel(written);
  if (word === 'critical' || word === 'warning' || word === 'info') return word;
  return Object.hasOwn(severityAliases, word) ? severityAliases[word] : undefined;
}

/**
 * The severity of an alert: its label's, else its runbook's. An unknown value gets the runbook's severity
 * too, or `unknown:` of severities.yaml if the alertname has no runbook. `unknown` is that value, for
 * display.
 */
export function readSeverity(
  catalog: Words,
  runbook: Runbook,
  labels: Labels,
): { severity: Severity; unknown?: string } {
  const written = (getLabel(labels, 'severity') ?? '').trim();
  if (written === '') return { severity: runbook.severity };
  const severity = findSeverity(catalog, written);
  if (severity !== undefined) return { severity };
  const own = runbook.isDefault ? undefined : runbook.severity;
  const unknown = clip(written, MAX_WORD);
  return { severity: own ?? catalog.unknownSeverity ?? 'warning', unknown };
}

export function mapSeverity(catalog: Words, runbook: Runbook, labels: Labels): Severity {
  return readSeverity(catalog, runbook, labels).severity;
}
