import { type Finding, getNamedValue, parseRunId, type Verdict } from '../../diagnosis/findings/finding.ts';
import { clip } from '../../shared/plain-text.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Notice } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Line, Part, Section } from './document-types.ts';
import { formatSeriesCaption, renderEvidence } from './evidence.ts';
import { formatDuration } from './format-time.ts';
import { renderInlineLists } from './inline-list.ts';
import { drawSparkline } from './sparkline.ts';

/** Values of one check, `agent-1, agent-2 …`, named before they are only counted. */
const MAX_VALUES = 3;

/** What the diagnosis found: what needs attention first, the rest on one line, and what could not be checked. */
export function renderFindings(notice: Notice, detailLevel: DetailLevel): Section {
  if (notice.findings.length === 0) return nothingChecked(notice);
  // On resolve the comparison has said what needs attention already, and what no longer does.
  const compared = new Set(notice.comparison.map((each) => each.stepId));
  const findings = notice.findings.filter((each) => !compared.has(each.stepId));
  const having = (verdict: Verdict) => findings.filter((each) => each.verdict === verdict);
  const attention = having('attention');
  const shown = attention.slice(0, detailLevel.findings);
  const calm = attention.length === 0;
  const normal = worthTelling(having('normal'), attention, detailLevel);
  const drawn = detailLevel.alertExpression ? normal.filter(isCurve) : [];
  return {
    heading: compared.size > 0 ? 'Also checked' : heading(notice),
    parts: [
      ...inDetail(shown, detailLevel),
      ...(attention.length > shown.length ? [more(attention.slice(shown.length), detailLevel)] : []),
      ...drawn.flatMap((finding) => alertExpression(finding, detailLevel)),
      ...renderInlineLists(
        '✔',
        fine(normal.filter((each) => !drawn.includes(each))),
        calm ? 4 * detailLevel.others : detailLevel.others,
      ),
      ...renderInlineLists('◌', notChecked(having('unchecked')), detailLevel.others),
      ...(notice.notDiagnosed ? [aside(`◌ Not everything was checked: ${notice.notDiagnosed}`)] : []),
    ],
  };
}

function nothingChecked(notice: Notice): Section {
  if (!notice.notDiagnosed) return { parts: [] };
  const resolved = notice.state === 'resolved';
  const when = resolved ? ' after it resolved' : '';
  return {
    ...(resolved ? {} : { heading: 'What we found' }),
    parts: [{ rank: 'useful', kind: 'line', line: [`◌ Nothing was checked${when}: ${notice.notDiagnosed}`] }],
  };
}

/** `What we found 14 min ago (3 of 6 checks need attention)` */
function heading(notice: Notice): string {
  const checks = notice.findings.filter((each) => !isBeyond(each));
  const attention = checks.filter((each) => each.verdict === 'attention').length;
  const total = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  const what = `What we found${whenFound(notice)}`;
  if (checks.every((each) => each.verdict === 'unchecked')) return `${what} (none of ${total} could be made)`;
  return `${what} (${attention} of ${total} ${attention === 1 ? 'needs' : 'need'} attention)`;
}

/** An edited message, or one that waited for its channel, shows what was found earlier. */
function whenFound({ state, at, diagnosedAt = at, resolvedAt = at }: Notice): string {
  if (state === 'resolved') return diagnosedAt < resolvedAt ? ' while it fired' : ' after it resolved';
  return at - diagnosedAt < MINUTE ? '' : ` ${formatDuration(at - diagnosedAt)} ago`;
}

/** The first ones with their evidence, as far as there is room for it; each of the others in its sentence. */
function inDetail(findings: Finding[], detailLevel: DetailLevel): Part[] {
  let room = detailLevel.evidence;
  return findings.flatMap((finding): Part[] => {
    const inline = detailLevel.inlineCharts && finding.evidence?.kind === 'series';
    const under =
      room > 0 && finding.evidence && !inline ? renderEvidence(finding.evidence, detailLevel) : [];
    if (under.length > 0) room -= 1;
    const value = getNamedValue(finding);
    const line: Line = [
      '❗ ',
      ...(value === undefined ? [] : [{ bold: value }, ': ']),
      clip(finding.sentence, detailLevel.sentence),
      inline ? chartWithNumbers(finding) : '',
    ];
    return [{ rank: 'useful', kind: 'line', line }, ...under];
  });
}

/** What the alert itself looks at says little beside findings that need attention, and is long. */
function worthTelling(findings: Finding[], attention: Finding[], detailLevel: DetailLevel): Finding[] {
  if (!Number.isFinite(detailLevel.others) || attention.length === 0) return findings;
  return findings.filter(({ kind }) => kind !== 'expression');
}

/** No check, so neither fine nor wanting attention: what fired, with its curve. */
function alertExpression(finding: Finding, detailLevel: DetailLevel): Part[] {
  return [
    { rank: 'extra', kind: 'line', line: [{ bold: 'What fired' }, `: ${finding.sentence}`] },
    ...(finding.evidence ? renderEvidence(finding.evidence, detailLevel) : []),
  ];
}

function isCurve({ kind, evidence }: Finding): boolean {
  return kind === 'expression' && evidence?.kind === 'series' && evidence.points.length > 1;
}

/** A check that ran for several values says the same of many of them: once, with their names. */
function fine(findings: Finding[]): Line[] {
  const alike = Map.groupBy(findings, (each) => `${parseRunId(each.stepId).step}\n${each.sentence}`);
  return [...alike.values()].flatMap((same): Line[] => {
    const [first] = same;
    if (first === undefined) return [];
    const values = same.flatMap((each) => getNamedValue(each) ?? []);
    const names: Line = values.length > 0 ? [{ bold: counted(values) }, ': '] : [];
    return [[...names, first.sentence, inlineChart(first)]];
  });
}

/** Checks that failed for the same reason share it: one cause is one line, however many checks it cost. */
function notChecked(findings: Finding[]): Line[] {
  const byReason = Map.groupBy(findings, (each) => each.sentence);
  return [...byReason].map(([reason, same]): Line => {
    const why = reason.replace(/\.$/, '');
    const beyond = same.every(isBeyond);
    return [{ bold: checkNames(same) }, beyond ? `: ${why}` : `: could not check (${why})`];
  });
}

/** `locks, log (agent-1, agent-2, agent-3 +2)` */
function checkNames(findings: Finding[]): string {
  const byStep = Map.groupBy(findings, (each) => parseRunId(each.stepId).step);
  return [...byStep.values()]
    .flatMap((same) => {
      const [first, ...others] = same;
      if (first === undefined) return [];
      const { value } = parseRunId(first.stepId);
      if (value === undefined || others.length === 0) return first.title;
      const values = same.flatMap((each) => parseRunId(each.stepId).value ?? []);
      return `${first.title.replace(` (${value})`, '')} (${counted(values)})`;
    })
    .join(', ');
}

/** Says which values of a check were too many to look at. */
function isBeyond({ stepId, verdict }: Finding): boolean {
  return verdict === 'unchecked' && parseRunId(stepId).value === 'beyond';
}

/** The shape of a series that needs no attention; one that does gets its chart and caption. */
function inlineChart({ evidence: shown }: Finding): string {
  return shown?.kind === 'series' && shown.points.length > 1 ? ` ${drawSparkline(shown.points, 12)}` : '';
}

/** The chart, and its numbers where the sentence has not said them. */
function chartWithNumbers(finding: Finding): string {
  const chart = inlineChart(finding);
  const { evidence: shown, sentence } = finding;
  if (chart === '' || shown?.kind !== 'series' || /\bmax\b/.test(sentence)) return chart;
  return `${chart} ${formatSeriesCaption(shown)}`;
}

function counted(values: string[]): string {
  const more = values.length > MAX_VALUES ? ` +${values.length - MAX_VALUES}` : '';
  return `${values.slice(0, MAX_VALUES).join(', ')}${more}`;
}

function more(findings: Finding[], detailLevel: DetailLevel): Part {
  return {
    rank: 'extra',
    kind: 'line',
    line: [`❗ ${findings.length} more: ${clip(checkNames(findings), detailLevel.others)}`],
  };
}

function aside(text: string): Part {
  return { rank: 'extra', kind: 'aside', line: [text] };
}
