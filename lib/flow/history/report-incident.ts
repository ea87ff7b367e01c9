import type { IncidentHistory } from '../../core/history/history.ts';
import { redactRecord } from '../../core/history/redact-record.ts';
import type { MarkdownWriter } from '../../core/history/report/document.ts';
import { formatReportFileName, renderReport } from '../../core/history/report/write-report.ts';
import { listRecipients } from '../../core/routing/recipients.ts';
import { findRunbook } from '../../core/runbook/find-runbook.ts';
import { type RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';

export type ReportIncidentPorts = {
  history: Pick<IncidentHistory, 'record'>;
  catalog: RunbookCatalog;
  writeMarkdown: MarkdownWriter;
  /** Base URL of this system, for the link to the incident. */
  publicUrl?: string;
};

/** GET /incidents/{id}/report. Undefined if the incident does not exist or never fired. */
export async function reportIncident(
  { history, catalog, writeMarkdown, publicUrl }: ReportIncidentPorts,
  id: string,
  now: Millis,
): Promise<{ markdown: string; fileName: string } | undefined> {
  const record = await history.record(id);
  if (!record || record.incident.neverFired) return undefined;
  const { incident } = record;
  const runbook = findRunbook(catalog, incident.alertname);
  const redacted = redactRecord(record);
  const blocks = renderReport({
    record: redacted,
    runbook: runbook.isDefault ? undefined : runbook,
    notified: listRecipients(catalog, incident),
    now,
    url: publicUrl === undefined ? undefined : `${publicUrl}/console/incidents/${incident.id}`,
  });
  return { markdown: writeMarkdown(blocks), fileName: formatReportFileName(redacted) };
}
