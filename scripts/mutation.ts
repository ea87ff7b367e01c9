import { globSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { guardConsole } from './command-line/escape-controls.ts';
import { type Area, areas } from './mutation/areas.ts';
import { countMutants, formatTable, isBelow } from './mutation/figures.ts';

const HELP = `Usage: npm run mutation [-- --area NAME]… [--list] [--force]

Plants one small mistake after the other into an area of the sources and runs its tests: a mistake that no test notices
survives. Prints for each area how many were killed. What has not changed since the last run is not run again.

  --area NAME    only this area; may be given several times. Without it, all that must reach a percentage:
                 ${names((area) => area.least !== undefined)}
                 and, only reported:
                 ${names((area) => area.least === undefined)}
  --list         name each survivor
  --force        run all again. Needed after a change of what an area uses from elsewhere in lib
  --help         show this

.mutation/AREA/report.html shows each mutant in its source. docs/mutation.md explains survivors.
PLANTED_FAULT=one-test-file leaves each area the first of its tests alone: the figure must fall below.

Exit codes: 0 every area reached its percentage, 1 one did not or its tests fail, 2 called wrongly.`;

const output = guardConsole(console);
/** Its results are kept apart from those of an honest run. */
const isPlanted = process.env['PLANTED_FAULT'] === 'one-test-file';

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      area: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) {
    output.log(HELP);
    return 0;
  }
  const unknown = values.area.filter((name) => !Object.hasOwn(areas, name));
  if (unknown.length > 0) {
    output.error(`There is no area ${unknown.join(', ')}; there are ${names(() => true)}.`);
    return 2;
  }
  const wanted = Object.entries(areas).filter(([name, { least }]) =>
    values.area.length === 0 ? least !== undefined : values.area.includes(name),
  );
  // Loaded only now, so that --help needs nothing.
  const { runArea } = await import('./mutation/run-area.ts');
  const rows = [];
  for (const [name, area] of wanted) {
    const mutants = await runArea(isPlanted ? `planted-${name}` : name, plantFault(area), values.force);
    const alive = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    for (const { file, line, kind, replacement } of values.list ? alive : []) {
      output.log(`${file}:${line}  ${kind}  ${replacement.replaceAll(/\s+/g, ' ')}`);
    }
    rows.push({ name, area, figures: countMutants(mutants.map(({ status }) => status)) });
  }
  for (const line of formatTable(rows)) output.log(line);
  return rows.some(({ area, figures }) => isBelow(area, figures)) ? 1 : 0;
}

/** The area as it is, or with hardly any tests, to see the figure fall. */
function plantFault(area: Area): Area {
  if (!isPlanted) return area;
  const [first] = area.tests.flatMap((glob) => globSync(glob));
  return { ...area, tests: first === undefined ? [] : [first] };
}

function names(isWanted: (area: Area) => boolean): string {
  return Object.keys(areas)
    .filter((name) => areas[name] !== undefined && isWanted(areas[name]))
    .join(', ');
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  output.error(error instanceof Error ? error.message : String(error));
  return 1;
});
