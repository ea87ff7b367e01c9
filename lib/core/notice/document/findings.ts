import { type Finding, getNamedValue, parseRunId, type Verdict } from '../../diagnosis/findings/finding.ts';
import { clip, clipMiddle } from '../../shared/plain-text.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Notice } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Line, Part, Section } from './document-types.ts';
import { formatSeriesCaption, renderEvidence } from './evidence.ts';
import { formatDuration } from './format-time.ts';
import { renderInlineLists } from './inline-list.ts';
import { drawSparkline } from './sparkline.ts';

/** Values of one check, `agent-1, agent-2 …`, named before the rest is counted. */
const MAX_VALUES = 3;

/** The findings: those that need attention, then the normal ones on one line, then the failed checks. */
export function renderFindings(notice: Notice, detailLevel: DetailLevel): Section {
  if (notice.findings.length === 0) return nothingChecked(notice);
  // On resolve the comparison already covers these findings.
  const compared = new Set(notice.comparison.map((each) => each.stepId));
  const findings = notice.findings.filter((each) => !compared.has(each.stepId));
  const having = (verdict: Verdict) => findings.filter((each) => each.verdict === verdict);
  const attention = having('attention');
  const shown = attention.slice(0, detailLevel.findings);
  const noAttention = attention.length === 0;
  const normal = selectShown(having('normal'), attention, detailLevel);
  const drawn = detailLevel.alertExpression ? normal.filter(isCurve) : [];
  return {
    heading: compared.size > 0 ? 'Also checked' : heading(notice),
    parts: [
      ...renderInDetail(shown, detailLevel),
      ...(attention.length > shown.length ? [more(attention.slice(shown.length), detailLevel)] : []),
      ...drawn.flatMap((finding) => alertExpression(finding, detailLevel)),
      ...renderInlineLists(
        '✔',
        mergeNormal(normal.filter((each) => !drawn.includes(each))),
        noAttention ? 4 * detailLevel.others : detailLevel.others,
      ),
      ...renderInlineLists('◌', mergeUnchecked(having('unchecked')), detailLevel.others),
      ...(notice.notDiagnosed ? [aside(`◌ Not everything was checked: ${notice.notDiagnosed}`)] : []),
    ],
  };
}

function nothingChecked(notice: Notice): Section {
  if (!notice.notDiagnosed) return { parts: [] };
  const resolved = notice.state === 'resolved';
  const when = resolved ? describeAfter(notice) : '';
  return {
    heading: resolved ? undefined : 'What we found',
    parts: [{ rank: 'useful', kind: 'line', line: [`◌ Nothing was checked${when}: ${notice.notDiagnosed}`] }],
  };
}

/** `What we found 14 min ago (3 of 6 checks need attention)` */
function heading(notice: Notice): string {
  const checks = notice.findings.filter((each) => !isOverLimit(each));
  const attention = checks.filter((each) => each.verdict === 'attention').length;
  const total = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  const what = `What we found${describeAge(notice)}`;
  if (checks.every((each) => each.verdict === 'unchecked')) return `${what} (none of ${total} could be made)`;
  return `${what} (${attention} of ${total} ${attention === 1 ? 'needs' : 'need'} attention)`;
}

/** An edited or delayed message shows earlier findings. */
function describeAge(notice: Notice): string {
  const { state, at, diagnosedAt = at, resolvedAt = at } = notice;
  if (state === 'resolved') return diagnosedAt < resolvedAt ? ' while it fired' : describeAfter(notice);
  return at - diagnosedAt < MINUTE ? '' : ` ${formatDuration(at - diagnosedAt)} ago`;
}

/** What flaps is not over. */
function describeAfter({ flapping }: Notice): string {
  return flapping ? ' while nothing fired' : ' after it resolved';
}

/** The first findings with their evidence, as far as it fits; the others as one sentence each. */
function renderInDetail(findings: Finding[], detailLevel: DetailLevel): Part[] {
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
      shorten(finding, detailLevel.sentence),
      inline ? renderChartWithNumbers(finding) : '',
    ];
    return [{ rank: 'useful', kind: 'line', line }, ...under];
  });
}

/** The end of an expression, with its threshold, says more than its middle. */
function shorten({ kind, sentence }: Finding, most: number): string {
  return kind === 'expression' ? clipMiddle(sentence, most) : clip(sentence, most);
}

/** Next to findings that need attention, the alert's own expression is long and says little. */
function selectShown(findings: Finding[], attention: Finding[], detailLevel: DetailLevel): Finding[] {
  if (!Number.isFinite(detailLevel.others) || attention.length === 0) return findings;
  return findings.filter(({ kind }) => kind !== 'expression');
}

/**
 * The alert's own expression with its chart. It is no check, so it is neither normal nor in need of
 * attention.
 */
function alertExpression(finding: Finding, detailLevel: DetailLevel): Part[] {
  return [
    { rank: 'extra', kind: 'line', line: [{ bold: 'What fired' }, `: ${finding.sentence}`] },
    ...(finding.evidence ? renderEvidence(finding.evidence, detailLevel) : []),
  ];
}

function isCurve({ kind, evidence }: Finding): boolean {
  return kind === 'expression' && evidence?.kind === 'series' && evidence.points.length > 1;
}

/** If a check gives the same sentence for several values, shows it once with their names. */
function mergeNormal(findings: Finding[]): Line[] {
  const alike = Map.groupBy(findings, (each) => `${parseRunId(each.stepId).step}\n${each.sentence}`);
  return [...alike.values()].flatMap((same): Line[] => {
    const [first] = same;
    if (first === undefined) return [];
    const values = same.flatMap((each) => getNamedValue(each) ?? []);
    const names: Line = values.length > 0 ? [{ bold: listValues(values) }, ': '] : [];
    return [[...names, first.sentence, renderInlineChart(first)]];
  });
}

/** Checks that failed for the same reason share one line. */
function mergeUnchecked(findings: Finding[]): Line[] {
  const byReason = Map.groupBy(findings, (each) => each.sentence);
  return [...byReason].map(([reason, same]): Line => {
    const why = reason.replace(/\.$/, '');
    const beyond = same.every(isOverLimit);
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
      return `${first.title.replace(` (${value})`, '')} (${listValues(values)})`;
    })
    .join(', ');
}

/** Whether the finding counts the values that exceeded the check's limit. */
function isOverLimit({ stepId, verdict }: Finding): boolean {
  return verdict === 'unchecked' && parseRunId(stepId).value === 'beyond';
}

/** The sparkline of a normal series; a series that needs attention gets a chart and a caption. */
function renderInlineChart({ evidence: shown }: Finding): string {
  return shown?.kind === 'series' && shown.points.length > 1 ? ` ${drawSparkline(shown.points, 12)}` : '';
}

/** The sparkline, and its numbers unless the sentence has them. */
function renderChartWithNumbers(finding: Finding): string {
  const chart = renderInlineChart(finding);
  const { evidence: shown, sentence } = finding;
  if (chart === '' || shown?.kind !== 'series' || /\bmax\b/.test(sentence)) return chart;
  return `${chart} ${formatSeriesCaption(shown)}`;
}

function listValues(values: string[]): string {
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
