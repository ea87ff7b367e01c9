import { describe, expect, test } from 'vitest';
import {
  commandOf,
  type DiagnosedWorld,
  diagnose,
  findingOf,
  follow,
  startDiagnosedWorld,
  stopDiagnosedWorld,
} from '../support/diagnosed-world.ts';
import { waitFor } from '../support/wait-for.ts';
import { withAdmin } from '../support/with-admin.ts';

describe('a person who follows the runbook', () => {
  test('mends the pool by ending the sessions that sit idle in transaction', async () => {
    const world = await startDiagnosedWorld();
    try {
      const before = await diagnose(world, 'DatabaseConnectionPoolExhausted');

      await follow(world, commandOf(before, 'End the sessions that sit idle in transaction'));
      await apiIsDone(world);

      const after = await diagnose(world, 'DatabaseConnectionPoolExhausted', { reason: 'resolved' });
      expect(findingOf(before, 'leaks').verdict).toBe('attention');
      expect(findingOf(after, 'leaks')).toMatchObject({
        verdict: 'normal',
        sentence: 'no connection is kept unused',
      });
      expect(findingOf(after, 'connections').sentence).toBe('3 connections, 3 idle');
    } finally {
      await stopDiagnosedWorld(world);
    }
  });

  test('mends a vector search by ending what blocks it and rebuilding its index, and cleans the table up', async () => {
    const world = await startDiagnosedWorld();
    try {
      const before = await diagnose(world, 'VectorSearchHighLatency');
      const disk = await diagnose(world, 'DiskSpaceWarning');

      await follow(world, commandOf(before, 'End the blocking session'));
      await apiIsDone(world);
      await follow(world, commandOf(before, 'Rebuild the index'));
      await follow(world, commandOf(disk, 'Free the dead rows'));

      const after = await diagnose(world, 'VectorSearchHighLatency', { reason: 'resolved' });
      const diskAfter = await diagnose(world, 'DiskSpaceWarning', { reason: 'resolved' });
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
    } finally {
      await stopDiagnosedWorld(world);
    }
  });
});

/** What the api waited with goes through, one after the other. */
async function apiIsDone({ postgres }: DiagnosedWorld): Promise<void> {
  await waitFor('the api to be done', () =>
    withAdmin(postgres, async (client) => {
      const { rows } = await client.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'api' AND state <> 'idle'",
      );
      return rows.length === 0 ? true : undefined;
    }),
  );
}
