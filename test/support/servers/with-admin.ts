import pg from 'pg';
import type { LocalPostgres } from '../../../infra/local/postgres/postgres.ts';

/** Runs some work as the local PostgreSQL's superuser. */
export async function withAdmin<T>(
  { adminConnectionString }: LocalPostgres,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: adminConnectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
