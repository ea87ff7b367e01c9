import { type Millis, SECOND } from '../../../lib/core/shared/time.ts';
import type { Operand } from './promql/combine.ts';
import { evaluate } from './promql/evaluate.ts';
import { type Expression, QueryMistake } from './promql/expression.ts';
import { labelKey, type VectorSample } from './promql/labels.ts';
import { durationOf } from './promql/literals.ts';
import { scrapedWorld } from './scraped-world.ts';

const MAX_POINTS = 11_000;

/** The fields of a query, without the expression. */
type Form = ReadonlyMap<string, string>;

/** The start of the sample world, and its present. */
type World = { start: Millis; now: Millis };

/** The answer to an instant query. */
export function instantData(expression: Expression, form: Form, { start, now }: World) {
  const at = timeOf(form, 'time', now);
  const value = evaluate(expression, at, scrapedWorld(start, now));
  if (typeof value === 'number') return { resultType: 'scalar', result: pair(at, value) };
  const result = value.map((sample) => ({ metric: sample.labels, value: pair(at, sample.value) }));
  return { resultType: 'vector', result };
}

/** The answer to a range query. */
export function rangeData(expression: Expression, form: Form, { start, now }: World) {
  const from = timeOf(form, 'start');
  const to = timeOf(form, 'end');
  const step = durationOf(form.get('step') ?? '');
  if (!(step > 0) || to < from) throw new QueryMistake('bad_data', 'start, end and step do not make a range');
  if ((to - from) / step > MAX_POINTS) {
    throw new QueryMistake(
      'bad_data',
      `more than ${MAX_POINTS} points for each series; ask for larger steps`,
    );
  }
  const scraped = scrapedWorld(start, now);
  const series = new Map<string, { metric: VectorSample['labels']; values: [number, string][] }>();
  for (let at = from; at <= to; at += step) {
    for (const { labels, value } of samplesOf(evaluate(expression, at, scraped))) {
      const key = labelKey(labels);
      const known = series.get(key) ?? { metric: labels, values: [] };
      known.values.push(pair(at, value));
      series.set(key, known);
    }
  }
  return { resultType: 'matrix', result: [...series.values()] };
}

function samplesOf(value: Operand): VectorSample[] {
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}

/** Seconds, or a time in RFC 3339. */
function timeOf(form: Form, name: string, otherwise?: Millis): Millis {
  const text = form.get(name) ?? '';
  if (text === '' && otherwise !== undefined) return otherwise;
  const time = /^[-\d.eE+]+$/.test(text) ? Number(text) * SECOND : Date.parse(text);
  if (text !== '' && Number.isFinite(time)) return time;
  throw new QueryMistake('bad_data', `${name} is no time`);
}

/** The value is a text, because JSON has no NaN and no infinity. */
function pair(at: Millis, value: number): [number, string] {
  if (Number.isFinite(value) || Number.isNaN(value)) return [at / SECOND, String(value)];
  return [at / SECOND, value > 0 ? '+Inf' : '-Inf'];
}
