import { MINUTE, type Millis } from '../../../../lib/core/shared/time.ts';
import type { SampleSeries } from '../sample-series.ts';
import { aggregate, byValue } from './aggregate.ts';
import { combine, type Operand } from './combine.ts';
import { beyondUs, type Expression, QueryMistake, type Selector } from './expression.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { dropLabels, labelKey, NAME, type VectorSample } from './labels.ts';
import { type Point, predicted, rangeFunctions, type Window } from './range-functions.ts';

/** Series that were scraped at an interval, from the first scrape until the latest. */
export type Scraped = { series: SampleSeries[]; from: Millis; until: Millis; every: Millis };

/** How long a sample stays valid when no newer one came. */
const LOOKBACK = 5 * MINUTE;

/** The value of an expression at one moment: a number, or samples. Throws a QueryMistake. */
export function evaluate(expression: Expression, at: Millis, scraped: Scraped): Operand {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'negated': {
      const value = evaluate(expression.of, at, scraped);
      return typeof value === 'number' ? -value : unnamed(value, (each) => -each);
    }
    case 'selector': {
      if (expression.range !== undefined) throw beyondUs('the samples of a range as an answer');
      return instant(expression, at, scraped);
    }
    case 'aggregation': {
      const { parameter, of } = expression;
      const k = parameter === undefined ? undefined : numberFrom(parameter, at, scraped);
      return distinct(aggregate(expression, samplesFrom(of, at, scraped), k));
    }
    case 'binary': {
      const left = evaluate(expression.left, at, scraped);
      const result = combine(expression, left, evaluate(expression.right, at, scraped));
      return typeof result === 'number' ? result : distinct(result);
    }
    case 'call':
      return call(expression.name, expression.args, at, scraped);
  }
}

function call(name: string, args: Expression[], at: Millis, scraped: Scraped): Operand {
  const samples = (index: number) => samplesFrom(argument(name, args, index), at, scraped);
  const number = (index: number) => numberFrom(argument(name, args, index), at, scraped);
  const each = Object.hasOwn(rangeFunctions, name) ? rangeFunctions[name] : undefined;
  if (each) return overRange(argument(name, args, 0), at, scraped, each);
  switch (name) {
    case 'predict_linear':
      return overRange(argument(name, args, 0), at, scraped, (points, window) =>
        predicted(points, window, number(1)),
      );
    case 'histogram_quantile':
      return histogramQuantile(number(0), samples(1));
    case 'abs':
      return unnamed(samples(0), Math.abs);
    case 'ceil':
      return unnamed(samples(0), Math.ceil);
    case 'floor':
      return unnamed(samples(0), Math.floor);
    case 'round':
      return unnamed(samples(0), (value) => {
        const step = args.length > 1 ? number(1) : 1;
        return Math.floor(value / step + 0.5) * step;
      });
    case 'clamp_max':
      return unnamed(samples(0), (value) => Math.min(value, number(1)));
    case 'clamp_min':
      return unnamed(samples(0), (value) => Math.max(value, number(1)));
    case 'sort':
      return samples(0).toSorted(byValue);
    case 'sort_desc':
      return samples(0).toSorted((a, b) => byValue(b, a));
    case 'absent':
      return samples(0).length > 0 ? [] : [{ labels: labelsWanted(args[0]), value: 1 }];
    case 'vector':
      return [{ labels: {}, value: number(0) }];
    case 'scalar': {
      const [only, more] = samples(0);
      return only === undefined || more !== undefined ? Number.NaN : only.value;
    }
    case 'time':
      return at / 1_000;
    default:
      throw beyondUs(`the function ${name}`);
  }
}

/** The labels of `absent` for a selector without a match: those whose values it names. */
function labelsWanted(expression: Expression | undefined): VectorSample['labels'] {
  if (expression?.kind !== 'selector') return {};
  const known = expression.matchers.filter(({ label, equals }) => label !== NAME && equals !== undefined);
  return Object.fromEntries(known.map(({ label, equals = '' }) => [label, equals]));
}

function argument(name: string, args: Expression[], index: number): Expression {
  const found = args[index];
  if (found !== undefined) return found;
  throw new QueryMistake(
    'bad_data',
    `parse error: expected at least ${index + 1} argument(s) in call to "${name}", got ${args.length}`,
  );
}

function samplesFrom(expression: Expression, at: Millis, scraped: Scraped): VectorSample[] {
  const value = evaluate(expression, at, scraped);
  if (typeof value !== 'number') return value;
  throw new QueryMistake('bad_data', 'parse error: expected type instant vector, got scalar');
}

function numberFrom(expression: Expression, at: Millis, scraped: Scraped): number {
  const value = evaluate(expression, at, scraped);
  if (typeof value === 'number') return value;
  throw new QueryMistake('bad_data', 'parse error: expected type scalar, got instant vector');
}

function instant(selector: Selector, at: Millis, scraped: Scraped): VectorSample[] {
  const to = at - selector.offset;
  return selected(selector, scraped).flatMap(({ labels, value }) => {
    const latest = scrapes({ from: to - LOOKBACK, to }, scraped).at(-1);
    return latest === undefined ? [] : [{ labels, value: value(latest) }];
  });
}

function overRange(
  expression: Expression,
  at: Millis,
  scraped: Scraped,
  calculate: (points: Point[], window: Window) => number | undefined,
): VectorSample[] {
  if (expression.kind !== 'selector' || expression.range === undefined) {
    throw new QueryMistake('bad_data', 'parse error: expected type range vector');
  }
  const to = at - expression.offset;
  const window = { from: to - expression.range, to };
  const times = scrapes(window, scraped);
  return distinct(
    selected(expression, scraped).flatMap((series) => {
      const points = times.map((time): Point => [time, series.value(time)]);
      const value = calculate(points, window);
      return value === undefined ? [] : [{ labels: dropLabels(series.labels, [NAME]), value }];
    }),
  );
}

function selected({ matchers }: Selector, { series }: Scraped): SampleSeries[] {
  return series.filter(({ labels }) =>
    matchers.every(({ label, matches }) =>
      matches(Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''),
    ),
  );
}

/** The scrape times within a window, both ends included. */
function scrapes({ from, to }: Window, scraped: Scraped): Millis[] {
  const { every } = scraped;
  const times: Millis[] = [];
  const first = scraped.from + Math.ceil(Math.max(0, from - scraped.from) / every) * every;
  for (let time = first; time <= Math.min(to, scraped.until); time += every) times.push(time);
  return times;
}

function unnamed(samples: VectorSample[], calculate: (value: number) => number): VectorSample[] {
  return distinct(
    samples.map(({ labels, value }) => ({ labels: dropLabels(labels, [NAME]), value: calculate(value) })),
  );
}

/** Without their names, two samples may have become identical. */
function distinct(samples: VectorSample[]): VectorSample[] {
  if (new Set(samples.map(({ labels }) => labelKey(labels))).size === samples.length) return samples;
  throw new QueryMistake('execution', 'vector cannot contain metrics with the same labelset');
}
