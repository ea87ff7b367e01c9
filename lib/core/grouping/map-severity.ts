import { getLabel } from '../alert/labels.ts';
import type { Runbook, RunbookCatalog } from '../runbook/runbook.ts';
import { clip } from '../shared/clip.ts';
import type { Severity } from '../shared/severity.ts';

type Labels = Readonly<Record<string, string>>;
type Words = Pick<RunbookCatalog, 'severityAliases' | 'unknownSeverity'>;

const MAX_WORD = 60;

/** The form in which severities.yaml is asked for a word: in any case, with or without `-` and `_`. */
export function readSeverityLabel(written: string): string {
  return written.trim().toLowerCase().replace(/[-_]/g, '');
}

/** The severity that a word of the label stands for; undefined for a word that severities.yaml does not know. */
export function findSeverity({ severityAliases }: Words, written: string): Severity | undefined {
  const word = readSeverityLabel(written);
  if (word === 'critical' || word === 'warning' || word === 'info') return word;
  return Object.hasOwn(severityAliases, word) ? severityAliases[word] : undefined;
}

/**
 * The severity of an alert: what its label stands for, else the runbook's. A word that nobody knows means the runbook's
 * too, or `unknown:` of severities.yaml where the alertname has no runbook; `unknown` is that word, to be shown.
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
