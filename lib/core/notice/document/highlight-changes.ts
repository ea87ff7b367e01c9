/** A shared word between two changed ones belongs to the change: `2 of 5 → 3 of 6`, not `2 → 3 of 5 → 6`. */
const MAX_GAP = 1;

/**
 * What changed from one sentence to the next, for people. Where only some words differ, as in two fillings of one
 * template, the sentence is said once: `7 → 9 connections idle in transaction`. Else both, `before → after`.
 */
export function highlightChanges(before: string, after: string): string {
  const [old, now] = [words(before), words(after)];
  const same = now.map((word, index) => word === old[index]);
  const common = same.filter(Boolean).length;
  if (old.length !== now.length || common * 2 < now.length) return `${before} → ${after}`;

  const parts: string[] = [];
  for (let from = 0; from < now.length; ) {
    if (same[from]) {
      parts.push(now[from] ?? '');
      from += 1;
      continue;
    }
    const to = endOfChange(same, from);
    parts.push(`${old.slice(from, to).join(' ')} → ${now.slice(from, to).join(' ')}`);
    from = to;
  }
  return parts.join(' ');
}

/** Where a run of changed words ends, small gaps in it included. */
function endOfChange(same: boolean[], from: number): number {
  let end = from + 1;
  for (let at = end; at < same.length && at - end <= MAX_GAP; at += 1) {
    if (!same[at]) end = at + 1;
  }
  return end;
}

/** A length of time, with what ends the clause behind it. */
const DURATION = String.raw`\d[\d.]* (?:days?|d|h|min|m|s|ms)(?: \d+ (?:h|min|m|s))*[^\s\w]*(?!\S)`;

/** A length of time is one word: `1 m 27 s → 1 m 16 s`, since `1 m 27 → 16 s` reads as something else. */
function words(sentence: string): string[] {
  return sentence.match(new RegExp(String.raw`${DURATION}|\S+`, 'g')) ?? [];
}
