import type { OpenIncident, PreviousEpisode } from '../../diagnosis/findings/context.ts';
import { getNamedValue } from '../../diagnosis/findings/finding.ts';
import { clip, toOneLine } from '../../shared/plain-text.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Notice } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Part, Section } from './document-types.ts';
import { formatAgo, formatDuration } from './format-time.ts';

const MAX_NAME = 80;
const MAX_SENTENCE = 240;

/** One line each: the previous episode, and other open incidents of the source. */
export function renderContext(notice: Notice, detailLevel: DetailLevel): Section {
  const { previousEpisode, otherIncidents, unread } = notice.around;
  const parts: Part[] = [];
  if (previousEpisode) {
    parts.push(
      useful(
        `Last time${describeFrequency(previousEpisode)}`,
        `${describeEpisode(previousEpisode, notice)}${found(previousEpisode, notice, detailLevel)}`,
      ),
    );
  }
  if (otherIncidents && otherIncidents.incidents.length > 0) {
    const { at, diagnosedAt = at } = notice;
    const old = at - diagnosedAt >= MINUTE;
    const names = otherIncidents.incidents.map((each) => formatNameAndAge(each, old ? diagnosedAt : at));
    const more =
      otherIncidents.more > 0
        ? [`${otherIncidents.atLeast ? 'at least ' : ''}${otherIncidents.more} more`]
        : [];
    const label = old ? `Also open ${formatDuration(at - diagnosedAt)} ago` : 'Also open';
    parts.push(useful(label, [...names, ...more].join(', ')));
  }
  if (unread && notice.state === 'firing') {
    parts.push({ rank: 'extra', kind: 'aside', line: [`◌ Could not be read: ${unread.join(', ')}`] });
  }
  return { parts };
}

function useful(label: string, text: string): Part {
  return { rank: 'useful', kind: 'line', line: [{ bold: label }, `: ${text}`] };
}

/** ` (of 4 in 30 days)`; empty for a single episode, which the rest of the line describes. */
function describeFrequency({ recent: { count, atLeast } }: PreviousEpisode): string {
  if (count < 2) return '';
  return ` (of ${atLeast ? 'at least ' : ''}${count} in 30 days)`;
}

/** `3 days ago, 22 min, acknowledged by Ana` */
function describeEpisode({ openedAt, resolvedAt, acknowledgedBy }: PreviousEpisode, { at }: Notice): string {
  const lasted = resolvedAt === undefined ? [] : [formatDuration(resolvedAt - openedAt)];
  const by =
    acknowledgedBy === undefined ? 'not acknowledged' : `acknowledged by ${toOneLine(acknowledgedBy)}`;
  return [`${formatAgo(at - openedAt)} ago`, ...lasted, by].join(', ');
}

/** While it fires: the finding of the previous episode, and whether it is found again. */
function found({ findings }: PreviousEpisode, notice: Notice, detailLevel: DetailLevel): string {
  if (notice.state === 'resolved') return '';
  const now = notice.findings.filter(({ verdict }) => verdict === 'attention').map(({ stepId }) => stepId);
  const again = findings
    .filter(({ stepId }) => now.includes(stepId))
    .toSorted((a, b) => now.indexOf(a.stepId) - now.indexOf(b.stepId));
  const [first, ...others] = again.length > 0 ? again : findings;
  if (first === undefined) return '';
  const value = getNamedValue(first);
  const sent = value === undefined ? first.sentence : `${value}: ${first.sentence}`;
  const sentence = clip(toOneLine(sent).replace(/\.$/, ''), Math.min(MAX_SENTENCE, detailLevel.sentence));
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `; ${again.length > 0 ? 'same finding then' : 'needed attention then'}: ${sentence}${more}`;
}

/** `AgentDown risk-agent (2 min)` */
function formatNameAndAge({ alertname, group, openedAt }: OpenIncident, at: number): string {
  const name = [alertname, ...Object.values(group)].filter(Boolean).join(' ');
  return `${clip(toOneLine(name), MAX_NAME)} (${formatDuration(at - openedAt)})`;
}
