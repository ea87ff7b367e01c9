import { leftOverWords, nameAndCount, newsWords, worstNames } from './headline.ts';
import type { Notice } from './notice.ts';
import { clip, oneLine } from './plain-text.ts';
import { durationWords } from './time-words.ts';

const MAX_SUBJECT = 180;
/** Short enough that the news behind it is not cut off. */
const MAX_ALERTNAME = 100;

/**
 * `[CRITICAL] AgentDown - 12 alerts - escalated to L2 (technical-agent, risk-agent, … +10)`: the state in front, to sort
 * and filter by; then what and how many; then the news, before the names, because a lock screen shows only the beginning.
 */
export function mailSubject(notice: Notice): string {
  const news = newsOf(notice);
  const what = `${nameAndCount(notice, MAX_ALERTNAME)}${groupWords(notice)}`;
  return clip(
    oneLine(`[${stateOf(notice)}] ${what}${news ? ` - ${news}` : ''}${worstNames(notice)}`),
    MAX_SUBJECT,
  );
}

/** What stays the same as long as the incident lives: the alert, and the group that it is about. */
export function mailTopic(notice: Notice): string {
  return oneLine(`${clip(oneLine(notice.alertname), MAX_ALERTNAME) || 'unnamed alert'}${groupWords(notice)}`);
}

function stateOf({ state, severity }: Notice): string {
  return state === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
}

function newsOf(notice: Notice): string | undefined {
  if (notice.state === 'firing') return newsWords(notice);
  const after = `after ${durationWords((notice.resolvedAt ?? notice.at) - notice.openedAt)}`;
  return [after, leftOverWords(notice)].filter(Boolean).join(', ');
}

/** ` on exchange`: two incidents of one alertname are told apart by what they are grouped by. */
function groupWords({ group }: Notice): string {
  const values = clip(oneLine(Object.values(group).join(' ')), 60);
  return values === '' ? '' : ` on ${values}`;
}
