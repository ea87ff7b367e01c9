import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../lib/adapters/clock/system-clock.ts';
import { getDeadline } from '../../lib/core/diagnosis/run-diagnosis.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { type SampleWorld, startSampleWorld } from '../support/servers/sample-world.ts';

let world: SampleWorld;

beforeAll(async () => {
  world = await startSampleWorld();
});

afterAll(() => world?.close());

test('all critical alerts at once, on a world in trouble, get their findings before the page must leave', async () => {
  const critical = Object.values(ourRunbooks.runbooks).filter(({ severity }) => severity === 'critical');

  const diagnoses = await Promise.all(
    critical.map(({ alertname }) => runChecks(world, alertname, { clock: systemClock })),
  );

  expect(critical.length).toBeGreaterThanOrEqual(3);
  for (const { startedAt, finishedAt, findings } of diagnoses) {
    expect(findings.filter(({ verdict }) => verdict === 'unchecked')).toEqual([]);
    // Several times what it takes, and what is promised.
    expect(finishedAt - startedAt).toBeLessThan(getDeadline('critical'));
  }
});
