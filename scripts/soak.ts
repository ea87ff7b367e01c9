/**
 * `npm run soak`: months of traffic in minutes. PLANTED_FAULT=NAME plants one of scripts/soak/planted-faults.ts, which must
 * turn it red: PLANTED_FAULT=orphan npm run soak -- --days 2.
 */
import { parseArgs } from 'node:util';
import type { SoakResult } from './soak/run-soak.ts';

const HELP = `Usage: npm run soak -- [options]

Plays three months of alerts on the real flows and stores with a fast clock, over 5,000 incidents, on a table in memory
that honours expiry. It must find that nothing stays due for two ticks, that every stored item can be reached and ends, that
no message is stuck, and that the heap grows by at most 5 % over the second half.

  --days N       so many simulated days (92)
  --retention N  RETENTION_DAYS (14), so that the table is as large in the middle as at the end
  --json         print the result for programs; progress goes to standard error in any case
  --help         show this

Exit codes: 0 all of that is so, 1 it is not, 2 called wrongly.`;

async function main(): Promise<number> {
  let wanted: ReturnType<typeof readOptions>;
  try {
    wanted = readOptions();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)} --help shows the options.`);
    return 2;
  }
  if (wanted.help) {
    console.log(HELP);
    return 0;
  }
  // Loaded only now, so that --help needs nothing.
  const [{ runSoak }, { findFault }] = await Promise.all([
    import('./soak/run-soak.ts'),
    import('./soak/planted-faults.ts'),
  ]);
  const plant = findFault(process.env['PLANTED_FAULT']);
  if (typeof plant === 'string') {
    console.error(plant);
    return 2;
  }
  const { days, retentionDays, json } = wanted;
  const startedAt = performance.now();
  const result = await runSoak({ days, retentionDays, plant, onDay: (line) => console.error(line) });
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  if (json) console.log(JSON.stringify({ days, seconds, ...result }));
  else console.log(describe(days, seconds, result));
  return result.findings.length === 0 ? 0 : 1;
}

function describe(
  days: number,
  seconds: number,
  { incidents, messages, ticks, stored, expired, growth, findings }: SoakResult,
): string {
  const lines = [
    `${days} days in ${seconds} s: ${incidents} incidents, ${messages} messages, ${ticks} ticks.`,
    `${stored} items are stored, ${expired} have expired. The heap changed by ${(100 * growth).toFixed(1)} % over the second half.`,
    ...(findings.length === 0 ? ['Nothing was found.'] : findings),
  ];
  return lines.join('\n');
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      days: { type: 'string', default: '92' },
      retention: { type: 'string', default: '14' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const [days, retentionDays] = [Number(values.days), Number(values.retention)];
  for (const number of [days, retentionDays]) {
    if (!Number.isInteger(number) || number < 1) throw new Error('Days are whole numbers from 1 on.');
  }
  return { ...values, days, retentionDays };
}

process.exitCode = await main();
