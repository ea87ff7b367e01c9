import type { Area } from './areas.ts';

/** What became of one mutant, in Stryker's words. */
export type MutantStatus =
  | 'Killed'
  | 'Timeout'
  | 'Survived'
  | 'NoCoverage'
  | 'Ignored'
  | 'CompileError'
  | 'RuntimeError'
  | 'Pending';

/** How many mutants of an area ended in which way. */
export interface Figures {
  /** A test failed, or the tests no longer ended. */
  killed: number;
  /** Of those: the tests no longer ended. */
  timedOut: number;
  survived: number;
  /** No test reaches them, so that they survive as well. */
  unreached: number;
  /** Could not be run, or were excluded; in no percentage. */
  leftOut: number;
}

export function countMutants(statuses: readonly MutantStatus[]): Figures {
  const count = (...wanted: MutantStatus[]) => statuses.filter((status) => wanted.includes(status)).length;
  return {
    killed: count('Killed', 'Timeout'),
    timedOut: count('Timeout'),
    survived: count('Survived'),
    unreached: count('NoCoverage'),
    leftOut: count('Ignored', 'CompileError', 'RuntimeError', 'Pending'),
  };
}

/** The percentage of mutants that are killed; 0 where there are none, because then nothing was measured. */
export function getKilledPercent({ killed, survived, unreached }: Figures): number {
  const all = killed + survived + unreached;
  return all === 0 ? 0 : (100 * killed) / all;
}

/** Whether an area has less than it must. Compared before rounding, so that 89.96 is not 90. */
export function isBelow({ least }: Pick<Area, 'least'>, figures: Figures): boolean {
  return least !== undefined && getKilledPercent(figures) < least;
}

/** The figures as lines of a table, which is Markdown as well. */
export function formatTable(rows: readonly { name: string; area: Pick<Area, 'least'>; figures: Figures }[]) {
  const header = [
    'area',
    'killed',
    'at least',
    'mutants',
    'survived',
    'not reached',
    'timed out',
    'left out',
  ];
  const cells = rows.map(({ name, area, figures }) => [
    name,
    // Rounded down: a figure is never shown as more than it is.
    `${(Math.floor(getKilledPercent(figures) * 10) / 10).toFixed(1)} %${isBelow(area, figures) ? ' (below)' : ''}`,
    area.least === undefined ? '–' : `${area.least} %`,
    ...[
      figures.killed + figures.survived + figures.unreached,
      figures.survived,
      figures.unreached,
      figures.timedOut,
      figures.leftOut,
    ].map(String),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [toLine(header), toLine(widths.map((width) => '-'.repeat(width))), ...cells.map(toLine)];
}
