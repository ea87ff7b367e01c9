/** Conditions `name="value"` that must all hold. */
type MatcherSet = Readonly<Record<string, string>>;

/** `sets`: one of them is enough. Times are milliseconds since the epoch. */
type StoredSilence = {
  id: string;
  sets: MatcherSet[];
  startsAt: number;
  endsAt: number;
  createdBy: string;
  comment: string;
};

/**
 * What Alertmanager reads as its silences when it starts. No API of Alertmanager 0.33 makes a silence with several sets of
 * matchers, but its state may hold one: https://github.com/prometheus/alertmanager/blob/v0.33.1/silence/silencepb/silence.proto
 */
export function silenceSnapshot(silence: StoredSilence): Uint8Array {
  const sets = silence.sets.map((set) =>
    Object.entries(set).map(([name, value]) => Buffer.concat([field(2, name), field(3, value)])),
  );
  const stored = Buffer.concat([
    field(1, silence.id),
    // What older versions read: the first set.
    ...(sets[0] ?? []).map((matcher) => field(2, matcher)),
    field(3, timestamp(silence.startsAt)),
    field(4, timestamp(silence.endsAt)),
    field(5, timestamp(silence.startsAt)),
    field(8, silence.createdBy),
    field(9, silence.comment),
    ...sets.map((matchers) => field(11, Buffer.concat(matchers.map((each) => field(1, each))))),
  ]);
  const spread = Buffer.concat([field(1, stored), field(2, timestamp(silence.endsAt))]);
  return Buffer.concat([varint(spread.length), spread]);
}

function timestamp(at: number): Buffer {
  return Buffer.concat([varint(1 << 3), varint(Math.floor(at / 1_000))]);
}

/** A field of bytes or text. */
function field(number: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
