import type { MetricSample } from '../../core/diagnosis/checks/probe.ts';

// One line of a page in Prometheus' text format or in OpenMetrics' one:
// https://prometheus.io/docs/instrumenting/exposition_formats/. By line, because pages are read as they arrive.

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,[ \t]*|(?=\}))/sy;
/** The value, perhaps a timestamp, perhaps an exemplar. */
const AFTER_LABELS = /^[ \t]+(\S+)(?:[ \t]+[-+\d.eE]+)?(?:[ \t]+#[ \t].*)?[ \t]*$/s;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A line that describes a metric or ends the page, instead of giving a sample. */
export function isMetricComment(line: string): boolean {
  return /^# (?:(?:HELP|TYPE|UNIT) |EOF[ \t]*$)/.test(line);
}

/** The name at the start of a line, which need not be a sample. */
export function parseMetricName(line: string): string | undefined {
  return NAME.exec(line)?.[0];
}

/** `undefined` for comments, blank lines, and anything else that is no sample. */
export function parseMetricLine(line: string): MetricSample | undefined {
  const name = parseMetricName(line);
  if (name === undefined) return undefined;
  const labels: [string, string][] = [];
  let at = name.length;
  const opened = /^[ \t]*\{[ \t]*/.exec(line.slice(at))?.[0];
  if (opened !== undefined) {
    at += opened.length;
    while (line[at] !== '}') {
      LABEL.lastIndex = at;
      const label = LABEL.exec(line);
      if (!label) return undefined;
      const [, key = '', value = ''] = label;
      labels.push([key, value.replace(/\\(.)/g, unescaped)]);
      at = LABEL.lastIndex;
    }
    at += 1;
  }
  const [, text] = AFTER_LABELS.exec(opened === undefined ? line.slice(at) : ` ${line.slice(at)}`) ?? [];
  const value = text === undefined ? undefined : numberOf(text);
  return value === undefined ? undefined : { name, labels: Object.fromEntries(labels), value };
}

function unescaped(whole: string, character: string): string {
  if (character === 'n') return '\n';
  return character === '"' || character === '\\' ? character : whole;
}

function numberOf(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const [, sign, word] = /^([-+]?)(nan|inf(?:inity)?)$/i.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (/^n/i.test(word)) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
