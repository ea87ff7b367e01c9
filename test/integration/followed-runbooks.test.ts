import { afterEach, describe, expect } from 'vitest';
import { compareWithWorst } from '../../lib/core/diagnosis/findings/compare-diagnoses.ts';
import type { FilledCommand } from '../../lib/core/diagnosis/findings/finding.ts';
import { commandOf, findingOf, statementsOf, stepIds } from '../support/assertions/diagnosis-parts.ts';
import { unreadable } from '../support/assertions/unreadable.ts';
import { runChecks } from '../support/harness/run-checks.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { type SampleWorld, searchIsSlow, startSampleWorld } from '../support/servers/sample-world.ts';
import { test } from '../support/vitest/with-database.ts';

let world: SampleWorld;

test.beforeEach(async ({ server }) => {
  world = await startSampleWorld({ server });
});

afterEach(() => world?.close());

describe('a person who follows the runbook', () => {
  test('repairs the pool by ending the sessions that sit idle in transaction', async () => {
    const before = await runChecks(world, 'DatabaseConnectionPoolExhausted');

    await follow(commandOf(before, 'End the sessions that sit idle in transaction'));
    await nobodyIs("state LIKE 'idle in transaction%'");
    await nobodyIs(BUSY);

    const after = await runChecks(world, 'DatabaseConnectionPoolExhausted', { reason: 'resolved' });
    expect(findingOf(before, 'leaks').verdict).toBe('attention');
    expect(findingOf(after, 'leaks')).toMatchObject({
      verdict: 'normal',
      sentence: 'no connection is kept unused',
    });
    expect(findingOf(after, 'connections').sentence).toBe('3 connections, 3 idle');
  });

  test('repairs a frozen pool by ending the session that blocks others, and reads what has improved', async () => {
    const before = await runChecks(world, 'DatabaseConnectionPoolCritical');

    await follow(commandOf(before, 'End the blocking session'));
    await follow(commandOf(before, 'End the sessions that sit idle in transaction'));
    await nobodyIs("state LIKE 'idle in transaction%'");
    await nobodyIs(BUSY);

    const after = await runChecks(world, 'DatabaseConnectionPoolCritical', { reason: 'resolved' });
    const compared = compareWithWorst([before], after);
    expect(unreadable(before)).toEqual([]);
    expect(findingOf(before, 'connections').sentence).toMatch(
      /^10 of 10 connections open, 0 idle; 7 idle in transaction\. Most: 7 from agent-runner/,
    );
    const blockers = findingOf(before, 'blockers');
    const [, pid] =
      /^pid (\d+) \(agent-runner, .*\) blocks 3 sessions: UPDATE positions/.exec(blockers.sentence) ?? [];
    expect(before.commands[0]).toMatchObject({
      command: `kubectl exec -n cryptofunk deployment/postgres -- psql -U postgres -d cryptofunk -c 'SELECT pg_terminate_backend(${pid});'`,
      caution: expect.stringContaining('rolls back'),
    });
    expect(findingOf(before, 'replication')).toMatchObject({ verdict: 'normal' });
    expect(stepIds(after)).not.toContain('longest');
    expect(findingOf(after, 'connections').sentence).toMatch(/^3 connections, 3 idle$/);
    expect(compared.find(({ stepId }) => stepId === 'blockers')).toEqual({
      stepId: 'blockers',
      title: blockers.title,
      before: blockers.sentence,
      after: 'no session blocks another',
      change: 'better',
    });
  });

  test('repairs a vector search by ending what blocks it, rebuilding its index, and cleaning the table up', async () => {
    await searchIsSlow(world);
    const before = await runChecks(world, 'VectorSearchHighLatency');
    const disk = await runChecks(world, 'DiskSpaceWarning');

    await follow(commandOf(before, 'End the blocking session'));
    await nobodyIs(BUSY);
    await follow(commandOf(before, 'Rebuild the index'));
    await follow(commandOf(disk, 'Free the dead rows'));

    const after = await runChecks(world, 'VectorSearchHighLatency', { reason: 'resolved' });
    const diskAfter = await runChecks(world, 'DiskSpaceWarning', { reason: 'resolved' });
    expect(findingOf(after, 'searches')).toMatchObject({
      verdict: 'normal',
      sentence: 'no vector search is running',
    });
    expect(findingOf(after, 'waits')).toMatchObject({ verdict: 'normal', sentence: 'no query is active' });
    expect(findingOf(after, 'index')).toMatchObject({
      verdict: 'normal',
      sentence: expect.stringMatching(/^llm_decisions_prompt_embedding_idx is valid \(.+, 0 scans\)$/),
    });
    expect(findingOf(diskAfter, 'tables')).toMatchObject({
      verdict: 'normal',
      sentence: expect.stringMatching(/^largest is candlesticks, /),
    });
  });
});

/** The blocked statements of the api succeed, one after the other. */
const BUSY = "application_name = 'api' AND state <> 'idle'";

/** Pastes the line like a person: its statements, one after the other. */
async function follow(line: FilledCommand): Promise<void> {
  for (const statement of statementsOf(line)) await world.inDatabase(statement);
}

async function nobodyIs(condition: string): Promise<void> {
  await waitFor(`no session with ${condition}`, async () => {
    const rows = await world.inDatabase(`SELECT FROM pg_stat_activity WHERE ${condition}`);
    return rows.length === 0 ? true : undefined;
  });
}
