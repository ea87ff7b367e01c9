/** An unchanged word between two changed ones counts as changed: `2 of 5 → 3 of 6`, not `2 → 3 of 5 → 6`. */
const MAX_GAP = 1;

/**
 * The change from one sentence to the next, for people. If only some words differ, shows the sentence once:
 * `7 → 9 connections idle in transaction`. Else shows both, `before → after`.
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
    const to = findEndOfChange(same, from);
    parts.push(`${old.slice(from, to).join(' ')} → ${now.slice(from, to).join(' ')}`);
    from = to;
  }
  return parts.join(' ');
}

/** The end of a run of changed words, including small gaps. */
function findEndOfChange(same: boolean[], from: number): number {
  let end = from + 1;
  for (let at = end; at < same.length && at - end <= MAX_GAP; at += 1) {
    if (!same[at]) end = at + 1;
  }
  return end;
}

/** A duration, with punctuation after it. */
const DURATION = String.raw`\d[\d.]* (?:days?|d|h|min|m|s|ms)(?: \d+ (?:h|min|m|s))*[^\s\w]*(?!\S)`;

/** Treats a duration as one word: `1 m 27 s → 1 m 16 s`, because `1 m 27 → 16 s` would mislead. */
function words(sentence: string): string[] {
  return sentence.match(new RegExp(String.raw`${DURATION}|\S+`, 'g')) ?? [];
}
