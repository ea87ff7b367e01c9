import fc from 'fast-check';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import type { FaultMoment } from '../support/fakes/faults.ts';
import type { Millis, Severity } from './history.ts';

/** The alerts of a history; all belong to one incident. */
export const names = ['a', 'b', 'c'] as const;
export type Name = (typeof names)[number];

/** What a peer's notification meets on its way. */
export type Sending = {
  delay: Millis;
  /** The same webhook arrives once more, so much later. */
  again?: Millis;
  lost?: boolean;
  /** `max_alerts`: the others are cut off. */
  max?: number;
};

/** How a sender writes a time: by its clock, not at all, as zero, or always the same in the far future. */
export type Writes = 'by-clock' | 'absent' | 'zero' | 'far-future';

/** What goes wrong at the next arrival. */
export type Disturbance =
  /** The process that handles the arrival, or the queues after it, dies at its n-th call of a port. */
  | { kind: 'death'; in: 'arrival' | 'queues'; call: number; moment: FaultMoment }
  /** Another writer is faster at the next conditional write. */
  | { kind: 'conflict' }
  /** Two functions handle the arrival at the same time. */
  | { kind: 'twice' }
  /** SQS delivers a message again that was done long ago. */
  | { kind: 'late-duplicate'; queue: 'diagnose' | 'deliver'; pick: number }
  /** Slack or the mail server takes the next message, and its answer is lost. */
  | { kind: 'lost-answer'; from: 'slack' | 'mail' }
  /** No function takes messages of the deliver queue. */
  | { kind: 'queue-stops'; for: Millis };

/** One thing that happens in the world. */
export type Event =
  | { do: 'fire' | 'end'; name: Name; sends: [Sending, Sending] }
  /** A peer sends its group once more. */
  | { do: 'repeat'; peer: 0 | 1; sending: Sending }
  /** A tick comes every so many minutes. */
  | { do: 'wait'; minutes: number; tickEvery: number }
  | { do: 'step-clock'; minutes: number }
  | { do: 'acknowledge' | 'resolve-by-hand'; by: string }
  | { do: 'maintain'; names: Name[]; minutes: number }
  | { do: 'end-maintenance' }
  | { do: 'silence' | 'unsilence'; name: Name }
  | { do: 'alertmanager'; is: 'up' | 'down' | 'restarting' | 'partly'; without: Name[] }
  | { do: 'disturb'; by: Disturbance };

/** A history of the world; `unfoldHistory` turns it into what reaches first-responder. */
export type History = {
  severities: Record<Name, Severity>;
  writes: Record<Name, { start: Writes; end: Writes }>;
  /** How far the senders' clock is ahead at first. */
  ahead: Millis;
  events: Event[];
};

const name = fc.constantFrom(...names);
const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * SECOND);

const delay = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 5 * SECOND, 30 * SECOND) },
  { weight: 3, arbitrary: seconds(1, 300) },
  { weight: 1, arbitrary: seconds(300, 3_600) },
);

const sending: fc.Arbitrary<Sending> = fc.record(
  {
    delay,
    again: fc.option(delay, { nil: undefined, freq: 6 }),
    lost: fc.constantFrom(false, false, false, false, true),
    max: fc.option(fc.constantFrom(1, 2), { nil: undefined, freq: 14 }),
  },
  { requiredKeys: ['delay'] },
);

const disturbance: fc.Arbitrary<Disturbance> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('death' as const),
      in: fc.constantFrom('arrival' as const, 'queues' as const),
      call: fc.integer({ min: 1, max: 25 }),
      moment: fc.constantFrom<FaultMoment>('before', 'after'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'conflict' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'twice' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('late-duplicate' as const),
      queue: fc.constantFrom('diagnose' as const, 'deliver' as const),
      pick: fc.nat({ max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lost-answer' as const),
      from: fc.constantFrom('slack' as const, 'mail' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('queue-stops' as const),
      for: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * MINUTE),
    }),
  },
);

const wait: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.integer({ min: 1, max: 12 }),
      tickEvery: fc.constant(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.integer({ min: 10, max: 40 }),
      tickEvery: fc.constantFrom(1, 3, 20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      minutes: fc.integer({ min: 60, max: 540 }),
      tickEvery: fc.constantFrom(10, 45),
    }),
  },
);

const person = fc.constantFrom('Ana', 'Ben');

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('fire' as const), name, sends: fc.tuple(sending, sending) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('end' as const), name, sends: fc.tuple(sending, sending) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('repeat' as const),
      peer: fc.constantFrom(0 as const, 1 as const),
      sending,
    }),
  },
  { weight: 9, arbitrary: wait },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('step-clock' as const),
      minutes: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -60, max: 60 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), by: person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resolve-by-hand' as const), by: person }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('maintain' as const),
      names: fc.subarray([...names], { minLength: 1 }),
      minutes: fc.integer({ min: 2, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'end-maintenance' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('silence' as const, 'unsilence' as const), name }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('alertmanager' as const),
      is: fc.constantFrom(
        'up' as const,
        'up' as const,
        'down' as const,
        'restarting' as const,
        'partly' as const,
      ),
      without: fc.subarray([...names]),
    }),
  },
  { weight: 4, arbitrary: disturbance.map((by) => ({ do: 'disturb' as const, by })) },
);

const severity = fc.constantFrom<Severity>('critical', 'warning', 'info');
const right = { start: 'by-clock', end: 'by-clock' } as const satisfies Record<string, Writes>;
const writes = fc.oneof(
  { weight: 8, arbitrary: fc.constant<{ start: Writes; end: Writes }>(right) },
  {
    weight: 1,
    arbitrary: fc.record({
      start: fc.constantFrom<Writes>('by-clock', 'absent', 'zero', 'far-future'),
      end: fc.constantFrom<Writes>('by-clock', 'absent', 'zero', 'far-future'),
    }),
  },
);

/** Histories of an HA pair of Alertmanagers and of the people who answer, with everything that can go wrong. */
export const arbitraryHistory: fc.Arbitrary<History> = fc.record({
  severities: fc.record({
    a: fc.constant<Severity>('critical'),
    b: fc.constant<Severity>('warning'),
    c: severity,
  }),
  writes: fc.record({ a: writes, b: writes, c: writes }),
  ahead: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -30, max: 120 }).map((minutes) => minutes * MINUTE) },
  ),
  events: fc.array(event, { minLength: 1, maxLength: 24, size: 'max' }),
});
