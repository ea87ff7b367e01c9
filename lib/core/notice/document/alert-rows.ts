import { saysMore } from '../../alert/alert-text.ts';
import { clip } from '../../shared/plain-text.ts';
import type { Notice, ShownAlert } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Line, Part, Section } from './document-types.ts';
import { formatDuration } from './format-time.ts';
import { formatGroup } from './headline.ts';

const MAX_NAME = 200;
const MAX_TEXT = 1_500;

/** One row per alert, when there is more than one, and what their annotations say beyond their rows. */
export function renderAlertRows(notice: Notice, detailLevel: DetailLevel): Section {
  const { shown, total, firing, cutOff } = notice.alerts;
  if (total < 2 || shown.length === 0) return { parts: [] };
  return {
    heading:
      notice.state === 'firing'
        ? `Alerts (${firing} of ${cutOff === undefined ? '' : 'at least '}${total} firing)`
        : `Alerts (${total})`,
    parts: [renderTable(notice, detailLevel), ...renderDescriptions(notice, detailLevel)],
  };
}

function renderTable(notice: Notice, detailLevel: DetailLevel): Part {
  const { shown, total } = notice.alerts;
  const rows = shown.slice(0, detailLevel.alerts);
  const names = formatGroup(notice);
  // For a large group the compact form has the names only; the thread has the rest.
  const roomy = total <= detailLevel.alerts || !Number.isFinite(detailLevel.width);
  const texts = roomy && rows.some((alert) => alert.text !== '');
  // Rows that differ in nothing else are named by their severity already.
  const levels = rows.some(
    ({ severity }, index) => severity !== rows[0]?.severity && severity !== names[index]?.toLowerCase(),
  );
  return {
    rank: 'extra',
    kind: 'table',
    columns: ['alert', ...(levels ? ['severity'] : []), 'state', ...(texts ? ['summary'] : [])],
    rows: rows.map((alert, index) => [
      names[index] ?? '',
      ...(levels ? [alert.severity] : []),
      alert.firing ? `firing ${formatDuration(notice.at - alert.startsAt)}` : 'resolved',
      ...(texts ? [alert.text] : []),
    ]),
    omitted: total - rows.length,
  };
}

/**
 * What the annotations of the firing alerts say beyond their summaries, each text once. A short message has
 * the worst alert's only. After the resolve their values are out of date.
 */
function renderDescriptions(notice: Notice, detailLevel: DetailLevel): Part[] {
  if (notice.state === 'resolved') return [];
  const names = formatGroup(notice);
  const named = notice.alerts.shown.flatMap(({ firing, description }, index) =>
    firing && description !== undefined ? [{ name: names[index] ?? '', description }] : [],
  );
  const alike = [...Map.groupBy(named, ({ description }) => description)];
  const most = Number.isFinite(detailLevel.width) ? 1 : detailLevel.alerts;
  return alike.slice(0, most).map(([description, same]) => {
    const [first] = same;
    const more = same.length > 1 ? ` +${same.length - 1}` : '';
    const name: Line = [{ bold: `${clip(first?.name ?? '', MAX_NAME)}${more}` }, ': '];
    // What all of them say needs no names.
    const line = [
      ...(same.length > 1 && alike.length === 1 ? [] : name),
      clip(description, detailLevel.description),
    ];
    return { rank: 'extra', kind: 'line', line };
  });
}

/** The summary of a single firing alert, unless `meaning`, or the description right after it, says the same. */
export function renderOwnSummary(notice: Notice, meaning: string, describedBelow: boolean): Part[] {
  const { text = '', description = '' } = findOnlyFiring(notice) ?? {};
  return saysMore(text, describedBelow ? meaning : `${meaning} ${description}`) ? [toLine(text)] : [];
}

/** The description of a single firing alert, as far as `meaning` does not say the same. */
export function renderOwnDescription(notice: Notice, meaning: string, detailLevel: DetailLevel): Part[] {
  const { description = '' } = findOnlyFiring(notice) ?? {};
  return saysMore(description, meaning) ? [toLine(clip(description, detailLevel.description))] : [];
}

function findOnlyFiring({ state, alerts }: Notice): ShownAlert | undefined {
  return state === 'firing' && alerts.total === 1 ? alerts.shown.find(({ firing }) => firing) : undefined;
}

function toLine(text: string): Part {
  return { rank: 'extra', kind: 'line', line: [clip(text, MAX_TEXT)] };
}
