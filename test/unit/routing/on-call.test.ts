import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOnCall } from '../../../lib/core/routing/on-call.ts';
import type { Rotation } from '../../../lib/core/runbook/runbook.ts';
import { addDays, isLocalTime, isTimeZone, toInstant } from '../../../lib/core/shared/local-time.ts';
import { DAY, MINUTE, SECOND } from '../../../lib/core/shared/time.ts';

function rotation(change: Partial<Rotation> = {}): Rotation {
  return {
    who: ['ana', 'ben', 'cleo'],
    start: '2026-11-23T09:00',
    days: 7,
    timeZone: 'Europe/Vilnius',
    overrides: [],
    ...change,
  };
}

/** Who is on call a second before a moment, at it, and a second after it. */
function around(turns: Rotation, iso: string): (string | undefined)[] {
  const at = Date.parse(iso);
  return [at - SECOND, at, at + SECOND].map((moment) => findOnCall(turns, moment));
}

describe('who is on call', () => {
  it('is the first person from the start, and the next one from the exact moment of the handover', () => {
    expect(around(rotation(), '2026-11-23T07:00:00Z')).toEqual(['ana', 'ana', 'ana']);
    expect(around(rotation(), '2026-11-30T07:00:00Z')).toEqual(['ana', 'ben', 'ben']);
    expect(around(rotation(), '2026-12-14T07:00:00Z')).toEqual(['cleo', 'ana', 'ana']);
  });

  it('is the first person before the start as well, so that every page calls somebody', () => {
    expect(findOnCall(rotation(), 0)).toBe('ana');
    expect(findOnCall(rotation(), Date.parse('2026-11-01T00:00Z'))).toBe('ana');
  });

  it('changes at the same local time in summer and in winter', () => {
    const turns = rotation({ start: '2026-03-16T09:00' });

    expect(around(turns, '2026-03-23T07:00:00Z')).toEqual(['ana', 'ben', 'ben']);
    expect(around(turns, '2026-03-30T06:00:00Z')).toEqual(['ben', 'cleo', 'cleo']);
    expect(around(turns, '2026-10-19T06:00:00Z')).toEqual(['ana', 'ben', 'ben']);
    expect(around(turns, '2026-10-26T07:00:00Z')).toEqual(['ben', 'cleo', 'cleo']);
  });

  it('changes an hour later on the day on which the clocks skip the handover time', () => {
    const turns = rotation({ start: '2026-03-28T03:30', days: 1 });

    expect(around(turns, '2026-03-29T01:30:00Z')).toEqual(['ana', 'ben', 'ben']);
    expect(around(turns, '2026-03-30T00:30:00Z')).toEqual(['ben', 'cleo', 'cleo']);
  });

  it('changes once, at the first occurrence, on the day on which the clocks show the handover time twice', () => {
    const turns = rotation({ start: '2026-10-24T03:30', days: 1 });

    expect(around(turns, '2026-10-25T00:30:00Z')).toEqual(['ana', 'ben', 'ben']);
    expect(around(turns, '2026-10-25T01:30:00Z')).toEqual(['ben', 'ben', 'ben']);
  });

  it.each([
    ['Asia/Kolkata', '2026-11-30T03:30:00Z'],
    ['America/Los_Angeles', '2026-11-30T17:00:00Z'],
    ['Pacific/Kiritimati', '2026-11-29T19:00:00Z'],
    ['Pacific/Pago_Pago', '2026-11-30T20:00:00Z'],
    ['UTC', '2026-11-30T09:00:00Z'],
  ])('changes by the clocks of %s', (timeZone, handover) => {
    expect(around(rotation({ timeZone }), handover)).toEqual(['ana', 'ben', 'ben']);
  });

  it('skips nobody when a whole day was skipped: Samoa had no 30 December 2011', () => {
    const turns = rotation({ start: '2011-12-28T09:00', days: 1, timeZone: 'Pacific/Apia' });

    // The shifts of the 30th and the 31st begin at the same moment.
    expect(around(turns, '2011-12-30T19:00:00Z')).toEqual(['ben', 'ana', 'ana']);
    expect(around(turns, '2011-12-31T19:00:00Z')).toEqual(['ana', 'ben', 'ben']);
  });

  it('is the person of an override, from its first moment until just before its last', () => {
    const from = Date.parse('2026-11-24T10:00Z');
    const turns = rotation({ overrides: [{ who: 'dan', from, until: from + DAY }] });

    expect(around(turns, '2026-11-24T10:00:00Z')).toEqual(['ana', 'dan', 'dan']);
    expect(around(turns, '2026-11-25T10:00:00Z')).toEqual(['dan', 'ana', 'ana']);
  });

  it('is the person of the later of two overlapping overrides', () => {
    const from = Date.parse('2026-11-24T10:00Z');
    const overrides = [
      { who: 'dan', from, until: from + 3 * DAY },
      { who: 'eve', from: from + DAY, until: from + 2 * DAY },
    ];

    const seen = [0, 1, 2, 3].map((day) => findOnCall(rotation({ overrides }), from + day * DAY));

    expect(seen).toEqual(['dan', 'eve', 'dan', 'ana']);
  });

  it('is somebody even if the runtime does not know the zone', () => {
    const turns = rotation({ timeZone: 'Mars/Olympus_Mons' });

    expect(around(turns, '2026-11-30T09:00:00Z')).toEqual(['ana', 'ben', 'ben']);
  });
});

describe('time zones and local times', () => {
  it.each(['Europe/Vilnius', 'UTC', 'America/Argentina/Ushuaia'])('include the zone %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['+02:00', 'Vilnius', '', 'Europe/Atlantis', '2'])('do not include %j as a zone', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it.each(['2026-02-29T09:00', '2026-11-23T24:00', '2026-11-23', '2026-11-23 09:00', 'Monday'])(
    'do not include %j as a local time',
    (text) => {
      expect(isLocalTime(text)).toBe(false);
    },
  );
});

const zones = [
  'Europe/Vilnius',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'America/Sao_Paulo',
  'UTC',
];
const T0 = Date.UTC(2026, 0, 1);
const moment = fc.integer({ min: T0 - 100 * DAY, max: T0 + 1_000 * DAY });
const localTime = fc
  .integer({ min: 0, max: (365 * DAY) / MINUTE })
  .map((minutes) => new Date(T0 + minutes * MINUTE).toISOString().slice(0, 16));
const people = fc.uniqueArray(fc.constantFrom('ana', 'ben', 'cleo', 'dan', 'eve'), { minLength: 2 });
const overrides = fc.array(
  fc
    .record({
      who: fc.constantFrom('fay', 'gus'),
      from: moment,
      length: fc.integer({ min: 1, max: 20 * DAY }),
    })
    .map(({ who, from, length }) => ({ who, from, until: from + length })),
  { maxLength: 4 },
);
const anyRotation: fc.Arbitrary<Rotation> = fc.record({
  who: people,
  start: localTime,
  days: fc.constantFrom(1, 2, 7, 14),
  timeZone: fc.constantFrom(...zones),
  overrides,
});
const runs = { numRuns: 1_000 };

/** The date and time of a zone's clocks, computed in another way than in the code: `2026-11-23`, `09:00`. */
function shownIn(timeZone: string, at: number): { date: string; time: string } {
  const [date = '', time = ''] = new Intl.DateTimeFormat('sv', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
    .format(at)
    .split(' ');
  return { date, time };
}

/**
 * The first moment in (from, to] at which the person on call differs from the one at `from`, to the
 * millisecond.
 */
function nextChange(turns: Rotation, from: number, to: number): number | undefined {
  const before = findOnCall(turns, from);
  if (findOnCall(turns, to) === before) return undefined;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (findOnCall(turns, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

describe('who is on call, for any rotation and moment', () => {
  it("is exactly one of the rotation's people", () => {
    fc.assert(
      fc.property(anyRotation, moment, (turns, at) => {
        const named = [...turns.who, ...turns.overrides.map(({ who }) => who)];

        expect(named).toContain(findOnCall(turns, at));
      }),
      runs,
    );
  });

  it('changes only at a handover or at the edge of an override, and the handover’s local time stays', () => {
    fc.assert(
      fc.property(anyRotation, moment, (turns, at) => {
        const change = nextChange(turns, at, at + 3 * turns.days * DAY);
        if (change === undefined) return;

        const edges = turns.overrides.flatMap(({ from, until }) => [from, until]);
        if (edges.includes(change)) return;
        const { start, days, timeZone } = turns;
        const { date, time } = shownIn(timeZone, change);
        const [startDate = '', startTime] = start.split('T');
        expect(((Date.parse(date) - Date.parse(startDate)) / DAY) % days).toBe(0);
        if (time === startTime) return;
        // The one exception: that day the clocks skip it.
        const shown = Array.from(
          { length: 361 },
          (_, i) => shownIn(timeZone, change + (i - 180) * MINUTE).time,
        );
        expect(shown).not.toContain(startTime);
      }),
      runs,
    );
  });

  it('gives everybody a shift in order, each as long as the calendar says', () => {
    fc.assert(
      fc.property(anyRotation, fc.nat({ max: 100 }), (written, turn) => {
        const turns = { ...written, overrides: [] };
        const at = toInstant(addDays(turns.start, turn * turns.days), turns.timeZone);
        const next = toInstant(addDays(turns.start, (turn + 1) * turns.days), turns.timeZone);

        const expected = turns.who[turn % turns.who.length];
        expect([findOnCall(turns, at), findOnCall(turns, next - 1)]).toEqual([expected, expected]);
      }),
      runs,
    );
  });
});

describe('the zone of the machine', () => {
  it('changes nothing', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const script = `
      import { findOnCall } from './lib/core/routing/on-call.ts';
      const turns = ${JSON.stringify(rotation({ start: '2026-03-28T03:30', days: 1 }))};
      const seen = [];
      for (let at = ${Date.UTC(2026, 2, 25)}; at < ${Date.UTC(2026, 3, 5)}; at += ${30 * MINUTE}) seen.push(findOnCall(turns, at));
      console.log(seen.join());`;
    const seenIn = (TZ: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });

    const [first, ...others] = ['UTC', 'America/New_York', 'Pacific/Apia', 'Europe/Vilnius'].map(seenIn);

    expect(first).toContain('ana,ben');
    expect(new Set(others)).toEqual(new Set([first]));
  });
});
