import { getLabel } from '../../alert/labels.ts';
import { clip, toOneLine } from '../../shared/plain-text.ts';
import type { Notice } from '../notice.ts';
import { formatState } from '../plain-notice.ts';
import { listUnresolved } from './changes.ts';
import type { Title } from './document-types.ts';
import { formatDuration } from './format-time.ts';

/** Names in a headline before the rest is counted. */
const MAX_NAMED = 3;
const MAX_NAME = 40;
const MAX_ALERTNAME = 200;
const MAX_COUNTED = 30;

const FLAPPING = 'flapping';

/** `AgentDown - 12 agents down (technical-agent, risk-agent, … +10)` */
export function formatHeadline(notice: Notice): string {
  return `${formatNameAndCount(notice, MAX_ALERTNAME)}${formatWorstNames(notice)}`;
}

/**
 * `AgentDown - 12 agents down`; after the resolve `AgentDown - 12 agents`; `12 alerts` if the runbook has no
 * noun.
 */
export function formatNameAndCount(notice: Notice, maxName: number): string {
  const name = clip(toOneLine(notice.alertname), maxName) || 'unnamed alert';
  const count = formatAlertCount(notice);
  const { cutOff, firing, total } = notice.alerts;
  const counted = clip(toOneLine(notice.countedAs?.[notice.state] ?? ''), MAX_COUNTED) || 'alerts';
  if (cutOff !== undefined) {
    if (firing === 0) return `${name} - 0 of at least ${total} known to fire`;
    const known = firing < total ? `${firing} of at least ${total}` : `at least ${total}`;
    return `${name} - ${known} ${total === 1 ? 'alert' : counted}`;
  }
  return count < 2 ? name : `${name} - ${count} ${counted}`;
}

/** The number of firing alerts; after the resolve, of all alerts. */
export function formatAlertCount({ alerts, state }: Notice): number {
  return state === 'firing' ? alerts.firing : alerts.total;
}

/** `withNews` for a message that stands alone and is not the first. */
export function renderTitle(notice: Notice, withNews: boolean): Title {
  const news = withNews ? formatNews(notice) : undefined;
  return {
    severity: notice.severity,
    resolved: notice.state === 'resolved' && !notice.flapping,
    text: `${formatStateWords(notice, news)}  ${formatHeadline(notice)}${news ? ` - ${news}` : ''}`,
  };
}

/**
 * `CRITICAL`, or `RESOLVED after 22 min`: the start of a title. What flaps says so, because a root is not edited each
 * time that it comes or goes; `news` may have said it.
 */
function formatStateWords(notice: Notice, news: string | undefined): string {
  const { state, flapping, flappingOver } = notice;
  const words = formatState(notice);
  if (state === 'firing') return flapping && news !== FLAPPING ? `${words}, ${FLAPPING}` : words;
  if (flapping) return `${words}, nothing fires now`;
  if (flappingOver !== undefined) return `${words}, nothing fires`;
  return `${words} after ${formatDuration((notice.resolvedAt ?? notice.at) - notice.openedAt)}`;
}

/** What a later notice adds to the headline: `escalated to L2`. */
export function formatNews(notice: Notice): string | undefined {
  if (notice.state === 'resolved') return undefined;
  if (notice.flappingOver !== undefined) return 'no longer flapping, still fires';
  switch (notice.reason) {
    case 'escalated':
      return `escalated to L${notice.tier}`;
    case 'reminder':
      return 'not acknowledged';
    case 'reopened':
      return 'fires again';
    case 'raised':
      return `raised to ${notice.severity}`;
    case 'joined':
      return 'more alerts';
    case 'flapping':
      return FLAPPING;
    case 'unverified':
      return 'not confirmed';
    case 'acknowledged':
      return 'acknowledged';
    case 'opened':
    case 'updated':
    case 'resolved':
    case 'closed':
      return undefined;
  }
}

/** What a resolved notice must show even on a lock screen: `1 finding still needs attention`. */
export function formatUnresolved(notice: Notice): string | undefined {
  const left = listUnresolved(notice).length;
  if (left === 0) return undefined;
  return left === 1 ? '1 finding still needs attention' : `${left} findings still need attention`;
}

/** The notice in one line for a lock screen. */
export function formatPreview(notice: Notice): string {
  const announced = formatNews(notice);
  const news = announced ?? formatUnresolved(notice);
  const why =
    notice.state === 'firing' ? (notice.missingData ?? (notice.impact || notice.summary)) : notice.happened;
  const head = `${formatStateWords(notice, announced)} ${clip(formatHeadline(notice), 150)}`;
  return clip(toOneLine(`${head}${news ? ` - ${news}` : ''}${why ? `: ${why}` : ''}`), 280);
}

/** A name for each shown alert, made of the labels that best set it apart. */
export function formatGroup(notice: Notice): string[] {
  const { shown } = notice.alerts;
  const firing = shown.filter((alert) => alert.firing);
  // A resolved alert may be the same object under an earlier severity, so only firing alerts choose the
  // labels.
  const naming = findNamingLabels((firing.length > 1 ? firing : shown).map((alert) => alert.labels));
  return shown.map((alert, index) => {
    const values = naming === undefined ? [] : naming.flatMap((name) => getLabel(alert.labels, name) ?? []);
    const name = values.length > 0 ? values.join('/') : Object.values(alert.labels).join(' ');
    return toOneLine(name) || `alert ${index + 1}`;
  });
}

/** Labels of a location, outermost first. Alone, `namespace` is too vague. */
const PLACES = ['namespace', 'pod', 'instance'];

/**
 * A label that differs for each alert, such as `agent`; else `namespace/pod` or `instance`, if those differ.
 */
function findNamingLabels(all: Record<string, string>[]): string[] | undefined {
  const tellsApart = (names: string[]) =>
    new Set(all.map((labels) => JSON.stringify(names.map((name) => getLabel(labels, name))))).size ===
    all.length;
  const own = Object.keys(all[0] ?? {}).find((name) => !PLACES.includes(name) && tellsApart([name]));
  if (own !== undefined) return [own];
  return [['namespace', 'pod'], ['pod'], ['instance'], PLACES].find(
    (names) =>
      names.some((name) => all.some((labels) => getLabel(labels, name) !== undefined)) && tellsApart(names),
  );
}

/** ` (technical-agent, risk-agent, … +10)`, at most `most` names; empty for a single alert. */
export function formatWorstNames(notice: Notice, most = MAX_NAMED): string {
  const count = formatAlertCount(notice);
  if (count < 2) return '';
  const { shown } = notice.alerts;
  const names = formatGroup(notice).filter((_, index) => {
    const alert = shown[index];
    return alert && Object.keys(alert.labels).length > 0 && (alert.firing || notice.state === 'resolved');
  });
  const named = names.slice(0, count <= most ? most : most - 1).map((name) => clip(name, MAX_NAME));
  if (named.length === 0) return '';
  const rest = count - named.length;
  return ` (${named.join(', ')}${rest > 0 ? `, … +${rest}` : ''})`;
}
