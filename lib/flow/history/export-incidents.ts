import { type CsvWriter, csvHeader, toCsvRecord } from '../../core/history/csv-table.ts';
import { writeCursor } from '../../core/history/cursor.ts';
import type { IncidentQuery } from '../../core/history/history.ts';
import { redactTexts } from '../../core/redaction/redact-texts.ts';
import { escapeUnsafe } from '../../core/shared/plain-text.ts';
import type { SigningKey } from '../../core/shared/signature.ts';
import { type ListPorts, toListedIncident } from './list-incidents.ts';

export type ExportPorts = ListPorts & { csv: CsvWriter };

export type ExportFormat = 'csv' | 'jsonl';

/** Part of an export; more parts follow while it has a cursor. All parts joined are the whole export. */
export type ExportedPage = { body: string; cursor?: string };

/**
 * GET /incidents.csv and /incidents.jsonl, newest first. Only the first part of a CSV has the header. A line
 * of JSON is an incident as in the listing, and one line to any reader. `key` signs the cursor.
 */
export async function exportIncidents(
  ports: ExportPorts,
  query: IncidentQuery,
  format: ExportFormat,
  key: SigningKey,
): Promise<ExportedPage> {
  const { incidents, next } = await ports.history.list(query);
  const cursor = next ? { cursor: writeCursor(next, query, key) } : {};
  switch (format) {
    case 'csv': {
      const header = query.after === undefined ? [csvHeader] : [];
      return {
        body: ports.csv.write([
          ...header,
          ...incidents.map((incident) => toCsvRecord(redactTexts(incident))),
        ]),
        ...cursor,
      };
    }
    case 'jsonl':
      return {
        body: incidents
          .map((incident) => `${escapeUnsafe(JSON.stringify(toListedIncident(incident)))}\n`)
          .join(''),
        ...cursor,
      };
  }
}
