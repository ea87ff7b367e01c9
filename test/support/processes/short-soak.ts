import { HOUR } from '../../../lib/core/shared/time.ts';
import { findFault } from '../../../scripts/soak/planted-faults.ts';
import { runSoak } from '../../../scripts/soak/run-soak.ts';

/** Prints what a soak of short days finds: node short-soak.ts DAYS [FAULT]. The heap is this process's own. */
const [days = '1', fault] = process.argv.slice(2);
const plant = findFault(fault);
if (typeof plant === 'string') throw new Error(plant);
const { findings, growth } = await runSoak({
  days: Number(days),
  dayLength: 3 * HOUR,
  retentionDays: 14,
  plant,
  onDay: () => {},
});
console.log(JSON.stringify({ findings, growth }));
process.exit();
