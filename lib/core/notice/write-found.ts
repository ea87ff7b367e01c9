import type { Evidence, Finding } from '../diagnosis/finding.ts';
import type { Depth } from './depth.ts';
import type { Line, Part, Section } from './document.ts';
import type { Notice } from './notice.ts';
import { clip, oneLine } from './plain-text.ts';
import { numberWords, sparkline } from './sparkline.ts';

const MAX_CAPTION = 300;
/** Wider than a space where runs of spaces are shown as one, and a line may still break after it. */
const gap = '\u00a0\u00a0 ';

/** What the diagnosis found: what needs attention first, the rest on one line, and what could not be checked. */
export function writeFound(notice: Notice, depth: Depth): Section {
  const { findings } = notice;
  if (findings.length === 0) return nothingChecked(notice);
  // On resolve the comparison has said it already; evidence only for what is wrong now.
  const compared = new Set(notice.comparison.map((each) => each.title));
  const attention = findings.filter((each) => each.verdict === 'attention');
  if (compared.size > 0 && attention.length === 0) return { parts: [] };
  const normal = findings.filter((each) => each.verdict === 'normal' && !compared.has(each.title));
  const unchecked = findings.filter((each) => each.verdict === 'unchecked' && !compared.has(each.title));
  const shown = attention.slice(0, depth.findings);

  return {
    heading: heading(attention.length, findings, notice.state),
    parts: [
      ...shown.flatMap((finding) => inDetail(finding, depth)),
      ...(attention.length > shown.length ? [more(attention.slice(shown.length))] : []),
      ...(normal.length > 0
        ? [
            oneLiners(
              '✔',
              normal.map((each) => [each.sentence, inlineChart(each)]),
            ),
          ]
        : []),
      ...(unchecked.length > 0 ? [oneLiners('◌', notChecked(unchecked))] : []),
      ...(notice.notDiagnosed ? [aside(`◌ Not everything was checked: ${notice.notDiagnosed}`)] : []),
    ],
  };
}

function nothingChecked(notice: Notice): Section {
  if (!notice.notDiagnosed || notice.state === 'resolved') return { parts: [] };
  return {
    heading: 'What we found',
    parts: [{ rank: 'useful', kind: 'line', line: [`◌ Nothing was checked: ${notice.notDiagnosed}`] }],
  };
}

function heading(attention: number, findings: Finding[], state: Notice['state']): string {
  const when = state === 'firing' ? 'What we found' : 'What we found after it resolved';
  const total = findings.length;
  const checks = total === 1 ? '1 check' : `${total} checks`;
  const unchecked = findings.filter((each) => each.verdict === 'unchecked').length;
  if (unchecked === total) return `${when} (none of ${checks} could be made)`;
  return `${when} (${attention} of ${checks} ${attention === 1 ? 'needs' : 'need'} attention)`;
}

/** Checks that failed for the same reason share it: one cause is one line, however many checks it cost. */
function notChecked(findings: Finding[]): Line[] {
  const byReason = Map.groupBy(findings, (each) => each.sentence);
  return [...byReason].map(([reason, same]): Line => {
    const titles = same.map((each) => each.title).join(', ');
    return [{ bold: titles }, `: could not check (${reason.replace(/\.$/, '')})`];
  });
}

/** The shape of a series that needs no attention; one that does gets its chart and caption. */
function inlineChart({ evidence: shown }: Finding): string {
  return shown?.kind === 'series' && shown.points.length > 1 ? ` ${sparkline(shown.points, 12)}` : '';
}

function inDetail(finding: Finding, depth: Depth): Part[] {
  return [
    { rank: 'useful', kind: 'line', line: ['❗ ', finding.sentence] },
    ...(finding.evidence ? evidence(finding.evidence, depth) : []),
  ];
}

function evidence(shown: Evidence, depth: Depth): Part[] {
  switch (shown.kind) {
    case 'table': {
      const rows = shown.rows.slice(0, depth.rows);
      const omitted = shown.omitted + shown.rows.length - rows.length;
      return rows.length === 0
        ? []
        : [{ rank: 'extra', kind: 'table', columns: shown.columns, rows, omitted }];
    }
    case 'text': {
      const lines = shown.lines.slice(0, depth.lines);
      const omitted = shown.omitted + shown.lines.length - lines.length;
      return lines.length === 0 ? [] : [{ rank: 'extra', kind: 'text', lines, omitted }];
    }
    case 'series':
      return shown.points.length === 0
        ? []
        : [{ rank: 'extra', kind: 'chart', points: shown.points, caption: seriesCaption(shown) }];
  }
}

/** `min 3 · max 10 · now 10 %` */
function seriesCaption(series: Extract<Evidence, { kind: 'series' }>): string {
  const { min, max, last, unit, label, omitted } = series;
  const parts = [
    `min ${numberWords(min, unit)}`,
    `max ${numberWords(max, unit)}`,
    `now ${numberWords(last, unit)}`,
  ];
  if (label) parts.push(label);
  if (omitted > 0) parts.push(`${omitted} more series`);
  return clip(oneLine(parts.join(' · ')), MAX_CAPTION);
}

function oneLiners(mark: string, lines: Line[]): Part {
  const line = lines.flatMap((each, index): Line => [`${index > 0 ? gap : ''}${mark} `, ...each]);
  return { rank: 'extra', kind: 'line', line };
}

function more(findings: Finding[]): Part {
  return {
    rank: 'extra',
    kind: 'line',
    line: [`❗ ${findings.length} more: ${findings.map((each) => each.title).join(', ')}`],
  };
}

function aside(text: string): Part {
  return { rank: 'extra', kind: 'aside', line: [text] };
}
