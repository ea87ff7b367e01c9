import { formatDuration } from '../../../core/notice/document/format-time.ts';
import {
  formatAlertCount,
  formatNameAndCount,
  formatNews,
  formatUnresolved,
  formatWorstNames,
} from '../../../core/notice/document/headline.ts';
import type { Notice } from '../../../core/notice/notice.ts';
import { formatState } from '../../../core/notice/plain-notice.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';

/**
 * `[FLAPPING OVER] `, news in brackets and a base subject total at most 180 characters, so that nothing is cut
 * again.
 */
const MAX_NEWS = 56;
const MAX_BASE_SUBJECT = 105;
const MAX_ALERTNAME = 70;
const MAX_GROUP = 40;

/** How all subjects about one incident at one destination end, and how many alerts the words name. */
export type BaseSubject = { words: string; count: number };

/**
 * `AgentDown - 12 agents down (technical-agent, risk-agent, … +10)`: the first mail's subject, repeated in
 * every later one. It holds no square brackets: Gmail and RFC 5256 ignore leading bracketed parts.
 */
export function getBaseSubject(notice: Notice): BaseSubject {
  const what = `${formatNameAndCount(notice, MAX_ALERTNAME)}${groupWords(notice)}`;
  const fitting = [3, 2]
    .map((most) => toOneLine(`${what}${formatWorstNames(notice, most)}`))
    .find((words) => words.length <= MAX_BASE_SUBJECT);
  const words = clip(fitting ?? toOneLine(what), MAX_BASE_SUBJECT);
  return { words: words.replaceAll('[', '(').replaceAll(']', ')'), count: formatAlertCount(notice) };
}

/**
 * `[CRITICAL] [escalated to L2, now 15] AgentDown - 12 agents down (…)`. Everything that changes is in
 * leading brackets, which clients ignore when they compare subjects. docs/adr/0011.
 */
export function formatSubject(notice: Notice, baseSubject: BaseSubject): string {
  const news = listNews(notice, baseSubject).join(', ');
  return `[${formatState(notice)}] ${news ? `[${clip(news, MAX_NEWS)}] ` : ''}${baseSubject.words}`;
}

/** Only our own words and numbers: no outside text gets into the brackets. */
function listNews(notice: Notice, baseSubject: BaseSubject): string[] {
  const { state, flapping, flappingOver } = notice;
  if (state === 'resolved' && flapping) return ['nothing fires now'];
  if (state === 'resolved' && flappingOver !== undefined) {
    return [`fired again ${flappingOver.reopens} times`, formatUnresolved(notice) ?? 'nothing fires'];
  }
  if (state === 'resolved') {
    const after = `after ${formatDuration((notice.resolvedAt ?? notice.at) - notice.openedAt)}`;
    return [after, formatUnresolved(notice) ?? []].flat();
  }
  const count = formatAlertCount(notice);
  return [formatNews(notice) ?? [], count === baseSubject.count ? [] : `now ${count}`].flat();
}

/** ` on exchange`: the group's values, which set incidents of one alertname apart. */
function groupWords({ group }: Notice): string {
  const values = clip(toOneLine(Object.values(group).join(' ')), MAX_GROUP);
  return values === '' ? '' : ` on ${values}`;
}
