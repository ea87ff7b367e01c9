import { test as base } from 'vitest';
import { startWorldServer } from '../../../infra/local/postgres/postgres.ts';

/**
 * `test` and its hooks with a PostgreSQL server that all files of a worker share, one after the other: starting one takes
 * ten times as long as making a database in it.
 */
// oxlint-disable-next-line no-empty-pattern -- vitest reads there which fixtures this one needs.
export const test = base.extend('server', { scope: 'worker' }, async ({}, { onCleanup }) => {
  const server = await startWorldServer();
  onCleanup(() => server.close());
  return server;
});
