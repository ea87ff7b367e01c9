import { DAY, HOUR, MINUTE, type Millis } from '../../lib/core/shared/time.ts';
import { findGrowth, measureHeap } from './measure-heap.ts';
import { createSoakSystem, type SoakSystem } from './soak-system.ts';
import { createTraffic } from './traffic.ts';
import { findOrphans } from './walk-patterns.ts';

export type SoakOptions = {
  days: number;
  retentionDays: number;
  /** How much of each day is played, from its beginning; all of it by default. */
  dayLength?: Millis;
  /** Done once a simulated day, for planted faults. */
  plant?: ((soak: SoakSystem) => Promise<void> | void) | undefined;
  onDay(line: string): void;
};

/** `findings` are sentences; there are none when all is well. Heap samples are bytes, one a simulated day. */
export type SoakResult = {
  incidents: number;
  messages: number;
  ticks: number;
  expired: number;
  stored: number;
  heap: number[];
  growth: number;
  findings: string[];
};

const START = Date.UTC(2026, 7, 24);
/** Of the heap over the second half. */
const MAX_GROWTH = 0.05;
const TICKS_LATE = 2;
/** Between two walks through everything that is stored. */
const WALK_EVERY_DAYS = 7;
const MOST_NAMED = 5;

/**
 * Plays so many days of traffic, minute by minute, on the real flows and stores. After each tick nothing may have been due for
 * two ticks; once a week each stored item must be within reach, and have an end unless it is an open incident; at the end the
 * heap must not have grown over the second half.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { days, retentionDays, dayLength = DAY, plant, onDay } = options;
  const soak = createSoakSystem(START, retentionDays);
  const traffic = createTraffic(soak);
  const result: SoakResult = {
    incidents: 0,
    messages: 0,
    ticks: 0,
    expired: 0,
    stored: 0,
    heap: [],
    growth: 0,
    findings: [],
  };
  const seen = new Set<string>();
  for (let day = 0; day < days; day += 1) {
    const from = START + day * DAY;
    traffic.planDay(day, from);
    await plant?.(soak);
    for (let minute = from; minute < from + dayLength; minute += MINUTE) {
      await playMinute(soak, traffic, minute, result);
    }
    result.incidents += countNew(soak, seen);
    result.messages += soak.forget();
    note(result, findStuck(soak));
    note(result, findEndless(soak));
    if (day % WALK_EVERY_DAYS === WALK_EVERY_DAYS - 1 || day === days - 1) {
      const orphans = await findOrphans(soak);
      note(
        result,
        orphans.map((key) => `nothing reaches the item ${key}`),
      );
    }
    result.stored = soak.table.items.size;
    result.heap.push(measureHeap());
    onDay(describe(day, result));
  }
  result.growth = findGrowth(result.heap);
  if (result.growth > MAX_GROWTH) {
    note(result, [`the heap has grown by ${(100 * result.growth).toFixed(1)} % over the second half`]);
  }
  return result;
}

async function playMinute(
  soak: SoakSystem,
  traffic: ReturnType<typeof createTraffic>,
  minute: number,
  result: SoakResult,
): Promise<void> {
  const { system, table } = soak;
  const { clock, incidents } = system.world;
  // Deliveries may have waited for their turn into this minute.
  if (clock.now() < minute) clock.set(minute);
  await traffic.happen(minute);
  await system.drain();
  await system.tick();
  result.ticks += 1;
  const late = await incidents.due(clock.now() - TICKS_LATE * MINUTE, 1);
  note(
    result,
    late.map((id) => `incident ${id} has been due for over ${TICKS_LATE} ticks`),
  );
  await system.drain();
  if (minute % HOUR === 0) result.expired += table.expire(clock.now());
}

function countNew({ incidentIds }: SoakSystem, seen: Set<string>): number {
  const before = seen.size;
  for (const id of incidentIds) seen.add(id);
  const added = seen.size - before;
  // The walk takes out those that are gone.
  for (const id of seen) if (!incidentIds.has(id)) seen.delete(id);
  return added;
}

function findStuck({ system }: SoakSystem): string[] {
  const { effects, deliveries } = system.world;
  return [...effects.waiting, ...deliveries.waiting]
    .filter(({ at }) => at < system.now - HOUR)
    .map(({ dedupId }) => `the message ${dedupId} has waited for over an hour`);
}

/** Items that would be there for ever: no end, or one beyond reason, as milliseconds would be. */
function findEndless({ table, system, dynamo }: SoakSystem): string[] {
  const latest = (system.now + (dynamo.retentionDays + 2) * DAY) / 1_000;
  return [...table.items.values()]
    .filter(({ expiresAt, openShard, status }) => {
      const isOpen = openShard !== undefined || status?.S === 'open';
      return expiresAt === undefined ? !isOpen : Number(expiresAt.N) > latest;
    })
    .map(({ pk, sk }) => `the item ${pk?.S} / ${sk?.S} never expires`);
}

/** The first few of a kind; a fault that repeats every minute is named once. */
function note({ findings }: SoakResult, found: string[]): void {
  for (const each of found) {
    const named = findings.filter((other) => kindOf(other) === kindOf(each));
    if (named.length < MOST_NAMED && !findings.includes(each)) findings.push(each);
  }
}

/** The sentence without the words that are names or numbers. */
function kindOf(finding: string): string {
  return finding.replace(/\S*[\d/#:]\S*/g, '');
}

function describe(day: number, { incidents, messages, stored, expired, heap, findings }: SoakResult): string {
  const megabytes = ((heap.at(-1) ?? 0) / 1e6).toFixed(1);
  return `day ${day + 1}: ${incidents} incidents, ${messages} messages, ${stored} items stored, ${expired} expired, heap ${megabytes} MB, ${findings.length} findings`;
}
