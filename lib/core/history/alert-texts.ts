import type { AlertDetail } from '../alert/alert.ts';
import { getAlertText } from '../notice/shown-alerts.ts';
import { clip } from '../shared/plain-text.ts';
import type { TimelineEntry } from './history.ts';

/** Alerts of one entry whose words the timeline keeps, and how much of each. */
const MAX_ALERTS = 10;
const MAX_TEXT = 200;

/** How many changes one line of the timeline names. */
const MAX_NAMED = 3;

/** The words that came with an effect, for its entry in the timeline; none where the alerts say nothing. */
export function extractAlertTexts(details: AlertDetail[]): Pick<TimelineEntry, 'texts'> {
  const words = details
    .map((detail) => ({ fingerprint: detail.fingerprint, text: clip(getAlertText(detail), MAX_TEXT) }))
    .filter(({ text }) => text !== '')
    .slice(0, MAX_ALERTS);
  return words.length === 0 ? {} : { texts: words };
}

/** By entry id: which words have changed with it, and what was said before, as a sentence. */
export function describeTextChanges(entries: TimelineEntry[]): Map<string, string> {
  const last = new Map<string, string>();
  const changes = new Map<string, string>();
  for (const { id, texts: words = [] } of entries.toSorted((a, b) => a.seq - b.seq)) {
    const changed = new Set<string>();
    for (const { fingerprint, text } of words) {
      const before = last.get(fingerprint);
      if (before !== undefined && before !== text) changed.add(`“${text}”, before “${before}”`);
      last.set(fingerprint, text);
    }
    const named = [...changed].slice(0, MAX_NAMED);
    const more = changed.size > named.length ? ` and ${changed.size - named.length} more` : '';
    if (named.length > 0) changes.set(id, `Says ${named.join('; ')}${more}.`);
  }
  return changes;
}
