import pg from 'pg';

export type SampleSessions = { close(): Promise<void> };

type Connection = { host: string; port: number; user: string; password: string; database: string };

const LEAKED = 7;
const WAITING = 3;

/**
 * What a leaked transaction does to a pool: seven sessions of agent-runner stay idle in a transaction, the first of
 * them with locks on open positions that three sessions of the api wait for. All ten of the role's connections are
 * taken until `close`. They are real, so ending one with pg_terminate_backend really frees the api.
 */
export async function openSampleSessions(connection: Connection, admin: Connection): Promise<SampleSessions> {
  const clients: pg.Client[] = [];
  async function open(application: string): Promise<pg.Client> {
    const client = new pg.Client({ ...connection, application_name: application });
    // Somebody may try the runbook's command, and Ctrl-C ends the server before its clients.
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  }

  try {
    for (let index = 0; index < LEAKED; index += 1) {
      const runner = await open('agent-runner');
      await runner.query('BEGIN');
      await runner.query(
        index === 0
          ? "UPDATE positions SET unrealized_pnl = quantity * (current_price - entry_price) WHERE status = 'OPEN'"
          : "SELECT symbol, side, quantity FROM positions WHERE status = 'OPEN'",
      );
    }
    for (let index = 0; index < WAITING; index += 1) {
      const api = await open('api');
      // Never answered while the transaction above is open; how it ends is nobody's concern.
      api
        .query('UPDATE positions SET current_price = current_price WHERE id = $1', [index + 1])
        .catch(() => undefined);
    }
    await untilWaiting(admin, WAITING);
  } catch (error) {
    await closeAll(clients);
    throw error;
  }
  return { close: () => closeAll(clients) };
}

/** The api's updates have reached the server only when they wait there; asked by another, whose query nobody reads. */
async function untilWaiting(admin: Connection, count: number): Promise<void> {
  const client = new pg.Client(admin);
  await client.connect();
  try {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      const { rows } = await client.query<{ waiting: number }>(
        "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE application_name = 'api' AND wait_event_type = 'Lock'",
      );
      if ((rows[0]?.waiting ?? 0) >= count) return;
    }
    throw new Error('the sample sessions do not wait for each other');
  } finally {
    await client.end();
  }
}

/** Sessions that wait for a lock never say goodbye, so their sockets are cut; the server notices by itself. */
async function closeAll(clients: pg.Client[]): Promise<void> {
  await Promise.allSettled(clients.map((client) => Promise.race([client.end(), pause(200)])));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
