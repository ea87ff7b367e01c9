import { afterAll, beforeEach, describe, expect } from 'vitest';
import { sampleAlertnames } from '../../infra/local/play/sample-alerts.ts';
import { unreadable, unreadableSentences, unusableCommands } from '../support/assertions/unreadable.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { type SampleWorld, searchIsSlow, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

let world: SampleWorld;

test.beforeAll(async ({ server }) => {
  world = await startSampleWorld({ server });
  await searchIsSlow(world);
});

beforeEach(() => world.keepFresh());

afterAll(() => world?.close());

const order = ['attention', 'normal', 'unchecked'];
/** One character longer than the others may be: it names the tables that keep people from deleting. */
const long = 'old_sessions';

describe.each(sampleAlertnames())('%s', (alertname) => {
  test('completes every check, with a sentence without a hole for each', async () => {
    const diagnosis = await runChecks(world, alertname);

    expect(diagnosis.findings.filter(({ verdict }) => verdict === 'unchecked')).toEqual([]);
    expect(unreadableSentences(diagnosis)).toEqual([]);
  });

  test('opens with findings that need attention, and is short where there are none', async () => {
    const { findings } = await runChecks(world, alertname);

    const verdicts = findings.map(({ verdict }) => verdict);
    expect(verdicts[0]).toBe('attention');
    expect(verdicts).toEqual(verdicts.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const { sentence, verdict, stepId } of findings) {
      if (verdict === 'normal' && stepId !== long) expect(sentence.length, sentence).toBeLessThan(95);
    }
  });

  test('fills in its commands, and every command that changes something has a caution', async () => {
    const diagnosis = await runChecks(world, alertname);

    expect(unusableCommands(diagnosis)).toEqual([]);
  });

  test('is diagnosed as well when its alert has no label, and when no server answers', async () => {
    const bare = await runChecks(world, alertname, { labels: [{}] });
    const blind = await runChecks({ probes: {} }, alertname, { labels: [] });

    expect([...unreadable(bare), ...unreadable(blind)]).toEqual([]);
  });
});

test('each runbook has an alert in the sample world', () => {
  expect(sampleAlertnames().toSorted()).toEqual(Object.keys(ourRunbooks.runbooks).toSorted());
});

test('an alert without a runbook is diagnosed as well', async () => {
  const diagnosis = await runChecks({ probes: { sql: world.probes.sql } }, 'SomethingNobodyKnows');

  expect(diagnosis.findings).toMatchObject([
    { stepId: 'related', verdict: 'unchecked', sentence: 'ALERTMANAGER_URL is not set' },
  ]);
  expect(diagnosis.skipped).toBeUndefined();
});
