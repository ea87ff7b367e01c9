import { clip, toOneLine } from '../../shared/plain-text.ts';
import { formatDuration } from '../document/format-time.ts';
import {
  formatAlertCount,
  formatNameAndCount,
  formatNews,
  formatUnresolved,
  formatWorstNames,
} from '../document/headline.ts';
import type { Notice } from '../notice.ts';

/** `[CRITICAL] `, news in brackets and a stem make at most 180 characters together, so that nothing is cut again. */
const MAX_NEWS = 56;
const MAX_STEM = 110;
const MAX_ALERTNAME = 70;
const MAX_GROUP = 40;

/** What all subjects about one incident at one place end with, and how many alerts that speaks of. */
export type BaseSubject = { words: string; count: number };

/**
 * `AgentDown - 12 agents down (technical-agent, risk-agent, … +10)`: what the first mail says, and every later one word
 * for word. Square brackets are this file's alone: Gmail and RFC 5256 skip those in front, and so would theirs be.
 */
export function getBaseSubject(notice: Notice): BaseSubject {
  const what = `${formatNameAndCount(notice, MAX_ALERTNAME)}${groupWords(notice)}`;
  const fitting = [3, 2]
    .map((most) => toOneLine(`${what}${formatWorstNames(notice, most)}`))
    .find((words) => words.length <= MAX_STEM);
  const words = clip(fitting ?? toOneLine(what), MAX_STEM);
  return { words: words.replaceAll('[', '(').replaceAll(']', ')'), count: formatAlertCount(notice) };
}

/**
 * `[CRITICAL] [escalated to L2, now 15] AgentDown - 12 agents down (…)`: what changes stands in brackets in front, because
 * clients that compare subjects leave those out. docs/adr/0011.
 */
export function formatSubject(notice: Notice, baseSubject: BaseSubject): string {
  const news = newsOf(notice, baseSubject).join(', ');
  return `[${stateOf(notice)}] ${news ? `[${clip(news, MAX_NEWS)}] ` : ''}${baseSubject.words}`;
}

function stateOf({ state, severity }: Notice): string {
  return state === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
}

/** All of it is words of ours and numbers: nothing from outside gets into the brackets. */
function newsOf(notice: Notice, baseSubject: BaseSubject): string[] {
  if (notice.state === 'resolved') {
    const after = `after ${formatDuration((notice.resolvedAt ?? notice.at) - notice.openedAt)}`;
    return [after, formatUnresolved(notice) ?? []].flat();
  }
  const count = formatAlertCount(notice);
  return [formatNews(notice) ?? [], count === baseSubject.count ? [] : `now ${count}`].flat();
}

/** ` on exchange`: two incidents of one alertname are told apart by what they are grouped by. */
function groupWords({ group }: Notice): string {
  const values = clip(toOneLine(Object.values(group).join(' ')), MAX_GROUP);
  return values === '' ? '' : ` on ${values}`;
}
