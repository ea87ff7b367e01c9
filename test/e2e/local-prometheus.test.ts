import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type RunningLocalPrometheus,
  startLocalPrometheus,
} from '../../infra/local/prometheus/local-prometheus.ts';
import { startPrometheusStandIn } from '../../infra/local/prometheus/prometheus-stand-in.ts';
import type { LocalPrometheus } from '../../infra/local/prometheus/scraped-world.ts';
import type { Sample, Series } from '../../lib/core/diagnosis/checks/probe.ts';
import { HOUR, type Millis, SECOND } from '../../lib/core/shared/time.ts';
import {
  near,
  otherQueries,
  prometheusSamplesContract,
  worldQueries,
} from '../contract/prometheus-samples.contract.ts';
import { askedAt } from '../support/factories/prometheus-answers.ts';
import { runbookQueries } from '../support/factories/runbook-queries.ts';
import { processTree } from '../support/processes/process-tree.ts';
import { startRealProcess, waitForProcess } from '../support/processes/real-process.ts';
import { waitFor } from '../support/processes/wait-for.ts';

const PATH = process.env['PATH'] ?? '';

let real: RunningLocalPrometheus;
let standIn: LocalPrometheus;
let start: Millis;

beforeAll(async () => {
  real = await startLocalPrometheus({ path: PATH, now: Date.now });
  start = real.start;
  standIn = await startPrometheusStandIn({ start, now: Date.now });
});

afterAll(async () => {
  await standIn?.close();
  await real?.close();
});

prometheusSamplesContract('the real Prometheus', () => ({ url: real.url, start }));

describe('the real Prometheus of the local stack', () => {
  test('is up before the stack would replace it by a stand-in', () => {
    expect(real.says).toMatch(/^the real one at http:/);
  });

  test.each([
    ...[...worldQueries, ...otherQueries].map((query) => ({ query, step: query, range: HOUR })),
    ...runbookQueries(),
  ])('agrees with the stand-in on $step', async ({ query, range = HOUR }) => {
    // Steps between the scrapes.
    const window = { from: start - range, to: start, stepSeconds: 37 };

    const [ours, theirs] = await bothOf((url) => askedAt(url).instant(query, start));
    const [past, theirPast] = await bothOf((url) => askedAt(url).range(query, window));

    expect(ours).toEqual(theirs);
    expect(past).toEqual(theirPast);
  });

  test('continues its filled-in past once it scrapes: the same series, the same labels', async () => {
    const scraped = await waitFor(
      'the first scrape',
      async () => {
        const [sample] = await askedAt(real.url).instant('timestamp(up{job="api"})', Date.now());
        return sample !== undefined && sample.value * SECOND > start ? sample.value * SECOND : undefined;
      },
      { everyMs: 500 },
    );
    for (const query of [...worldQueries, '{__name__=~".+", __name__!~"scrape_.+"}']) {
      const [ours, theirs] = await bothOf((url) => askedAt(url).instant(query, scraped));
      expect(ours, query).toEqual(theirs);
    }
  });
});

describe('a local Prometheus', () => {
  test('leaves neither a process nor a folder behind, closed in order or forced to stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-prometheus-test-'));
    const program = `
      import { startLocalPrometheus } from '${join(import.meta.dirname, '../../infra/local/prometheus/local-prometheus.ts')}';
      const { says, close } = await startLocalPrometheus({ path: process.env.PATH, now: Date.now });
      console.log(says);
      process.on('SIGTERM', () => void close());
      process.on('SIGINT', () => process.exit(130));
    `;
    const seen: [unknown, number, string[]][] = [];
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = await startRealProcess({
        command: process.execPath,
        args: ['--input-type=module-typescript', '--eval', program],
        env: { PATH, TMPDIR: folder },
        logFile: join(folder, `${signal}.log`),
      });
      await waitForProcess('it to be up', child, () => (/real one/.test(child.log()) ? true : undefined));
      const processes = processTree(child.pid);
      const folders = () => readdirSync(folder).filter((name) => !name.endsWith('.log'));
      const stood = folders();

      await child.stop(signal);

      await waitFor('Prometheus to be gone', () =>
        processes.every(({ pid }) => !existsSync(`/proc/${pid}`)) ? true : undefined,
      );
      seen.push([child.ended(), processes.length, folders()]);
      expect(stood).toHaveLength(1);
    }
    rmSync(folder, { recursive: true });

    expect(seen).toEqual([
      [0, 2, []],
      [130, 2, []],
    ]);
  });
});

/** Both answers in a form that is equal when their labels are equal and their values nearly so. */
async function bothOf<T extends Sample | Series>(ask: (url: string) => Promise<T[]>) {
  const [ours, theirs] = await Promise.all([ask(standIn.url), ask(real.url)]);
  const known = new Map(theirs.map((each) => [identity(each), each]));
  // A value that is near enough is replaced by the real one's; every other difference shows.
  return [ours.map((each) => settled(each, known.get(identity(each)))), theirs].map((each) =>
    each.toSorted((a, b) => (identity(a) < identity(b) ? -1 : 1)),
  );
}

function identity({ labels }: Sample | Series): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function settled<T extends Sample | Series>(ours: T, theirs: T | undefined): T {
  if (theirs === undefined) return ours;
  if ('value' in ours && 'value' in theirs) return near(theirs.value)(ours.value) ? theirs : ours;
  if ('points' in ours && 'points' in theirs) {
    const same =
      ours.points.length === theirs.points.length &&
      ours.points.every(([at, value], n) => at === theirs.points[n]?.[0] && near(theirs.points[n][1])(value));
    return same ? theirs : ours;
  }
  return ours;
}
