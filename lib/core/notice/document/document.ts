import { clip, toOneLine } from '../../shared/plain-text.ts';
import type { Notice } from '../notice.ts';
import { nameLinks } from '../notice-links.ts';
import { renderAlertRows, renderOwnDescription, renderOwnSummary } from './alert-rows.ts';
import { renderNextSteps } from './body.ts';
import { listUnresolved, renderBeforeAndAfter, renderChangesSince } from './changes.ts';
import { renderContext } from './context.ts';
import { compact, type DetailLevel, full } from './detail-level.ts';
import type { Line, NoticeDocument, Part, Section } from './document-types.ts';
import { renderFindings } from './findings.ts';
import { formatDuration } from './format-time.ts';
import { formatHeadline, formatPreview, renderTitle } from './headline.ts';

/** Findings and problems named on one line before they are only counted. */
const MAX_NAMED = 3;
const MAX_LINK = 60;

/** The current state in brief, for a message that is edited in place; its thread has the rest. */
export function renderRoot(notice: Notice): NoticeDocument {
  const sections = notice.state === 'resolved' ? ended(notice) : renderStandingSections(notice, compact, []);
  return document(notice, sections, false);
}

/** Everything, for a message that stands alone. */
export function renderWhole(notice: Notice, detailLevel = full): NoticeDocument {
  const changes = [renderChangesSince(notice, detailLevel)];
  return document(notice, renderStandingSections(notice, detailLevel, changes), notice.reason !== 'opened');
}

/**
 * The parts that the root has no room for, as the first reply in its thread; `undefined` if the root has
 * everything.
 */
export function renderDetails(notice: Notice): NoticeDocument | undefined {
  const [whole, short] = [full, compact].map((detailLevel) => detailSections(notice, detailLevel));
  if (whole === undefined || JSON.stringify(whole) === JSON.stringify(short)) return undefined;
  const { severity } = notice;
  const { preview, title } = {
    preview: formatPreview(notice),
    title: `All that is known  ${formatHeadline(notice)}`,
  };
  return {
    title: { severity, resolved: notice.state === 'resolved', text: title },
    preview: `All that is known: ${preview}`,
    sections: whole.filter((section) => section.parts.length > 0),
    links: [],
  };
}

function detailSections(notice: Notice, detailLevel: DetailLevel): Section[] {
  return [
    renderFindings(notice, detailLevel),
    renderNextSteps(notice, detailLevel),
    renderAlertRows(notice, detailLevel),
    // A thread has an alert's whole text, however the root was shortened.
    { parts: detailLevel === full ? renderOwnDescription(notice, '', detailLevel) : [] },
  ];
}

/** The news, for a reply to a root that shows the rest. */
export function renderReply(notice: Notice): NoticeDocument {
  return document(notice, replySections(notice), true);
}

function document(notice: Notice, sections: Section[], withNews: boolean): NoticeDocument {
  return {
    title: renderTitle(notice, withNews),
    preview: formatPreview(notice),
    sections: sections.filter((section) => section.parts.length > 0),
    links: nameLinks(notice.links).map(({ name, url }) => ({ label: clip(toOneLine(name), MAX_LINK), url })),
  };
}

/** Most urgent first: what, how severe, why, what to do. `changes` come before the findings. */
function renderStandingSections(notice: Notice, detailLevel: DetailLevel, changes: Section[]): Section[] {
  if (notice.state === 'resolved') {
    return [
      lead(notice, detailLevel),
      renderBeforeAndAfter(notice, detailLevel),
      renderFindings(notice, detailLevel),
      renderContext(notice, detailLevel),
      renderAlertRows(notice, detailLevel),
      people(notice),
    ];
  }
  return [
    lead(notice, detailLevel),
    ...changes,
    renderFindings(notice, detailLevel),
    renderNextSteps(notice, detailLevel),
    {
      parts: describesBelow(notice) ? renderOwnDescription(notice, describeMeaning(notice), detailLevel) : [],
    },
    renderContext(notice, detailLevel),
    renderAlertRows(notice, detailLevel),
    people(notice),
  ];
}

/**
 * After the end: what changed, and who acknowledged. The thread has the earlier findings with their evidence.
 */
function ended(notice: Notice): Section[] {
  const brief = { ...compact, evidence: 0 };
  const found =
    notice.comparison.length > 0 ? renderBeforeAndAfter(notice, brief) : renderFindings(notice, brief);
  return [lead(notice, brief), found, people(notice)];
}

function replySections(notice: Notice): Section[] {
  const { reason } = notice;
  if (reason === 'acknowledged') return [news(notice), people(notice)];
  if (notice.state === 'resolved') return renderStandingSections(notice, full, []);
  if (reason === 'joined' || reason === 'updated') {
    return [news(notice), renderChangesSince(notice, full), renderAlertRows(notice, full), people(notice)];
  }
  return [
    news(notice),
    renderChangesSince(notice, full),
    renderFindings(notice, full),
    renderNextSteps(notice, full),
    renderContext(notice, full),
    renderAlertRows(notice, full),
    people(notice),
  ];
}

function lead(notice: Notice, detailLevel: DetailLevel): Section {
  const meaning = describeMeaning(notice);
  return {
    parts: [
      ...news(notice).parts,
      ...stillThere(notice),
      ...vital(meaning ? [meaning] : []),
      ...renderOwnSummary(notice, `${notice.missingData ?? ''} ${meaning}`, describesBelow(notice)),
      ...(describesBelow(notice) ? [] : renderOwnDescription(notice, meaning, detailLevel)),
    ],
  };
}

function describeMeaning({ state, summary, impact }: Notice): string {
  return state === 'firing' ? [summary, impact].filter(Boolean).join(' ') : '';
}

/** Where there are commands to type, the description follows them: a phone's first screen has to show one. */
function describesBelow({ commands }: Notice): boolean {
  return commands.length > 0;
}

function news(notice: Notice): Section {
  return {
    parts: [
      { rank: 'vital', kind: 'aside', line: whereAndSince(notice) },
      ...(notice.reason === 'opened' ? [] : happened(notice)),
      ...missingData(notice),
      ...unverified(notice),
      ...cutOff(notice),
      ...unknownSeverity(notice),
      ...undelivered(notice),
    ],
  };
}

/** An acknowledgement is shown with the people, with its time and note. */
function happened(notice: Notice): Part[] {
  if (notice.reason === 'acknowledged' && notice.acknowledged) return [];
  return vital(notice.happened ? [{ bold: notice.happened }] : []);
}

/** Stands before what the alert means, because that may not be true. */
function missingData({ missingData: why }: Notice): Part[] {
  return why === undefined ? [] : vital([`⚠ ${why}`]);
}

function unverified(notice: Notice): Part[] {
  if (notice.unverified === undefined) return [];
  return vital([`⚠ Alertmanager could not confirm that it still fires: ${notice.unverified}`]);
}

/** Alerts cut off are unknown, not gone. */
function cutOff({ alerts: { cutOff: count, cutOffListed } }: Notice): Part[] {
  if (count === undefined) return [];
  if (cutOffListed) {
    return vital([
      '⚠ Alertmanager cut alerts off (max_alerts): those that it lists as active are counted here',
    ]);
  }
  const what = count === 0 ? 'alerts' : count === 1 ? '1 more alert' : `${count} more alerts`;
  return vital([`⚠ Alertmanager cut off ${what} (max_alerts): nobody knows whether they fire`]);
}

/** Quotes the label, because its author may have meant a higher severity. */
function unknownSeverity({ unknownSeverities = [] }: Notice): Part[] {
  const more = unknownSeverities.length - MAX_NAMED;
  const named = unknownSeverities
    .slice(0, MAX_NAMED)
    .map(({ written, takenFor }) => `"${toOneLine(written)}" is taken for ${takenFor}`)
    .join(', ');
  return named === '' ? [] : vital([`⚠ Unknown severity: ${named}${more > 0 ? ` +${more}` : ''}`]);
}

/** Those who receive the notice learn whom it may not have reached. */
function undelivered({ channelFailures = [] }: Notice): Part[] {
  const more = channelFailures.length - MAX_NAMED;
  return [
    ...channelFailures.slice(0, MAX_NAMED).flatMap((channelFailure) => vital([`⚠ ${channelFailure}`])),
    ...(more > 0 ? vital([`⚠ and ${more} more places that do not accept notices`]) : []),
  ];
}

/** A resolved alert does not prove that its cause is gone. */
function stillThere(notice: Notice): Part[] {
  const titles = listUnresolved(notice);
  if (titles.length === 0) return [];
  const named = titles.slice(0, MAX_NAMED).join(', ');
  const more = titles.length > MAX_NAMED ? ` +${titles.length - MAX_NAMED}` : '';
  return vital(['❗ ', { bold: 'Still needs attention although the alert resolved' }, `: ${named}${more}`]);
}

/**
 * `open 12 s · since 03:12 · prod · 3 of 5 alerts firing · cluster=a`. If it fired long before we knew:
 * `firing 1 day 2 h, known 25 s · since …`.
 */
function whereAndSince(notice: Notice): Line {
  const { firing, total, common, cutOff: unknown } = notice.alerts;
  const counted = `${unknown === undefined ? '' : 'at least '}${total === 1 ? '1 alert' : `${total} alerts`}`;
  const known = formatDuration(notice.at - notice.openedAt);
  const { firingSince } = notice;
  const open =
    firingSince === undefined
      ? `open ${known}`
      : `firing ${formatDuration(notice.at - firingSince)}, known ${known}`;
  const age: Line =
    notice.state === 'firing'
      ? [`${open} · since `, { time: firingSince ?? notice.openedAt }]
      : [{ time: notice.openedAt }, ' to ', { time: notice.resolvedAt ?? notice.at }];
  const howMany = notice.state === 'firing' && firing < total ? `${firing} of ${counted} firing` : counted;
  return [
    ...age,
    ` · ${notice.source} · ${howMany}`,
    ...(notice.flapping ? [' · flapping'] : []),
    ...Object.entries({ ...notice.group, ...common }).flatMap(
      ([name, value]): Line => [' · ', { code: `${name}=${value}` }],
    ),
  ];
}

/** Who was notified, who acknowledged, and when the next people are called. */
function people(notice: Notice): Section {
  const { acknowledged, notified, tier } = notice;
  const parts: Part[] = [];
  if (acknowledged) {
    const after = formatDuration(acknowledged.at - notice.openedAt);
    const note = acknowledged.note ? `: ${acknowledged.note}` : '';
    parts.push(
      ...vital([
        `Acknowledged by ${acknowledged.by} at `,
        { time: acknowledged.at },
        ` (after ${after})${note}`,
      ]),
    );
  }
  if (notice.silenced) {
    parts.push(...vital([`Silenced by ${notice.silenced.by} until `, { time: notice.silenced.until }]));
  }
  if (notice.state === 'resolved') {
    const { resolvedBy, happened } = notice;
    // Usually the first line already says so, with the note.
    const ended = resolvedBy && !happened.includes(resolvedBy) ? `Resolved by hand by ${resolvedBy}` : '';
    const reached = tier > 1 ? `Escalated up to L${tier}` : '';
    const line = [ended, reached].filter(Boolean).join(' · ');
    return { parts: line ? [...parts, { rank: 'vital', kind: 'aside', line: [line] }] : parts };
  }

  const line: Line = [notified.names.length > 0 ? `Told: ${notified.names.join(', ')}` : `L${tier}`];
  if (!acknowledged && notified.acknowledgeBy !== undefined)
    line.push(' · acknowledge by ', { time: notified.acknowledgeBy });
  if (notified.next) line.push(` · L${notified.next.tier} at `, { time: notified.next.at });
  // Nobody is called by name and no tier follows, so the line would say nothing.
  if (notified.names.length === 0 && line.length === 1 && tier === 1) return { parts };
  return { parts: [...parts, { rank: 'vital', kind: 'aside', line }] };
}

function vital(line: Line): Part[] {
  return line.length === 0 ? [] : [{ rank: 'vital', kind: 'line', line }];
}
