import { stringify } from 'csv-stringify/sync';
import type { CsvWriter } from '../../core/history/csv-table.ts';

/** CSV by csv-stringify. A cell that a spreadsheet would run as a formula gets an apostrophe in front. */
export function createCsvWriter(): CsvWriter {
  return {
    write: (records) => stringify(records, { escape_formulas: true, record_delimiter: 'windows' }),
  };
}
