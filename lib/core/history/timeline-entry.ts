import type { AlertDetail } from '../alert/alert.ts';
import { getAlertText } from '../alert/alert-text.ts';
import type { Effect } from '../incident/effect-schema.ts';
import { clip } from '../shared/plain-text.ts';
import type { TimelineEntry } from './history.ts';

/** Limits: alerts of one entry whose texts the timeline keeps, and the length of each text. */
const MAX_ALERTS = 10;
const MAX_TEXT = 200;

/** How many changes one line of the timeline names. */
const MAX_NAMED = 3;

/** An effect as a line of the timeline. `muted`: why nobody was notified. */
export function toTimelineEntry(effect: Effect, muted?: string): TimelineEntry {
  const { id, seq, at, kind, reason, summary, userAction, moves, tier, details } = effect;
  return {
    id,
    seq,
    at,
    what: kind === 'record' ? 'recorded' : reason,
    summary: muted === undefined ? summary : `${summary} Nobody was notified: ${muted}.`,
    by: userAction?.by,
    note: userAction?.note,
    moves,
    tier,
    texts: extractAlertTexts(details),
  };
}

/** The alert texts of an effect; none if the alerts have no text. */
function extractAlertTexts(details: AlertDetail[]): TimelineEntry['texts'] {
  const words = details
    .map((detail) => ({ fingerprint: detail.fingerprint, text: clip(getAlertText(detail), MAX_TEXT) }))
    .filter(({ text }) => text !== '')
    .slice(0, MAX_ALERTS);
  return words.length === 0 ? undefined : words;
}

/** By entry id: a sentence with the texts that changed and their previous values. */
export function describeTextChanges(entries: TimelineEntry[]): Map<string, string> {
  const last = new Map<string, string>();
  const changes = new Map<string, string>();
  for (const { id, texts = [] } of entries.toSorted((a, b) => a.seq - b.seq)) {
    const changed = new Set<string>();
    for (const { fingerprint, text } of texts) {
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
