import type { PageCost } from './measure-pages.ts';

/** The cost of one question in the small history and in the large one. */
export type ComparedCost = { question: string; small: PageCost; large: PageCost };

/** How much more a page may cost in the large history. */
const TOLERANCE = 0.1;

export function compareCosts(small: Map<string, PageCost>, large: Map<string, PageCost>): ComparedCost[] {
  return [...small].flatMap(([question, cost]) => {
    const other = large.get(question);
    return other === undefined ? [] : [{ question, small: cost, large: other }];
  });
}

/** The questions whose read units differ by more than 10 %. */
export function grown(costs: ComparedCost[]): ComparedCost[] {
  return costs.filter(
    ({ small, large }) => Math.abs(large.readUnits - small.readUnits) > TOLERANCE * small.readUnits,
  );
}

/** A table in Markdown, to be copied into docs/history.md. */
export function costTable(costs: ComparedCost[], sizes: { small: number; large: number }): string {
  const [few, many] = [sizes.small, sizes.large].map((size) => size.toLocaleString('en'));
  const rows = [
    [
      'question',
      'incidents',
      `read units at ${few}`,
      `at ${many}`,
      `queries at ${few}`,
      `at ${many}`,
      `ms at ${few}`,
      `at ${many}`,
    ],
    ...costs.map(({ question, small, large }) => [
      question,
      small.incidents === large.incidents
        ? String(large.incidents)
        : `${small.incidents}, ${large.incidents}`,
      small.readUnits.toFixed(1),
      large.readUnits.toFixed(1),
      String(small.queries),
      String(large.queries),
      String(small.ms),
      String(large.ms),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => line(row.map((cell, column) => pad(cell, widths[column] ?? 0, column))));
  const rule = line(
    widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  );
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
