import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { type HeldPort, holdFreePort } from '../stack/ports.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

/** PostgreSQL 18 with a CryptoFunk-like database. */
export type LocalPostgres = {
  /** As first_responder: a role that can read everything and write nothing. */
  connectionString: string;
  /** As the superuser, for psql and for tests. */
  adminConnectionString: string;
  close(): Promise<void>;
};

export type LocalPostgresOptions = {
  /** Whether clients leave the connection pool in trouble; true by default. */
  trouble?: boolean;
  /** A server of `startWorldServer`, which holds one database at a time and outlives it. Absent: one of its own. */
  server?: PostgresServer;
  /** The port of a server of its own; any free port when absent. */
  held?: HeldPort;
};

const DATABASE = 'cryptofunk';
const READER = { user: 'first_responder', password: 'first-responder' };
const APPLICATION = { user: 'cryptofunk', password: 'cryptofunk' };

/** Files under sample-world/, in the order of their dependencies. */
const WORLD = ['trading', 'vectors', 'market'];
/** Connections for the application; first_responder has its own, for when these are used up. */
const SLOTS = 10;
const RESERVED = 12;
const SUPERUSER = 5;
/** The statement in which the api's sessions wait, until the world ends or somebody follows the runbook. */
const UPDATE_POSITION =
  "UPDATE positions SET updated_at = now() WHERE symbol = 'BTC/USDT' AND status = 'OPEN'";
const FIND_SIMILAR = `SELECT decision.id
  FROM llm_decisions AS decision, positions AS position
 WHERE position.symbol = 'BTC/USDT' AND position.status = 'OPEN'
 ORDER BY decision.prompt_embedding <=> (SELECT prompt_embedding FROM llm_decisions WHERE id = 1)
 LIMIT 10 FOR SHARE OF position`;
const BLOCKED = [FIND_SIMILAR, UPDATE_POSITION, UPDATE_POSITION];
const IDLE_IN_TRANSACTION = SLOTS - BLOCKED.length;

/**
 * Starts it on loopback with the data of sample-world/: silent agents, losing trades, rejected orders, a vector search
 * without pgvector, price history that nobody cleans up. With `trouble` real clients hold all of the application's
 * connections until it is closed. One of them holds a lock for which others wait, a vector search among them. Throws
 * one sentence when it cannot start.
 */
export async function startLocalPostgres(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const server = options.server ?? (await startWorldServer(options.held));
  const at = `@127.0.0.1:${server.port}`;
  const maintenance = `postgres://postgres:${server.password}${at}/postgres`;
  const adminConnectionString = `postgres://postgres:${server.password}${at}/${DATABASE}`;
  const clients: pg.Client[] = [];
  async function close(): Promise<void> {
    await Promise.allSettled(clients.map((client) => client.end()));
    await (options.server ? dropWorld(maintenance) : server.close());
  }

  try {
    await loadWorld(maintenance, adminConnectionString);
    const application = `postgres://${APPLICATION.user}:${APPLICATION.password}${at}/${DATABASE}`;
    if (options.trouble !== false) await makeTrouble(application, adminConnectionString, clients);
    return {
      connectionString: readerConnectionString(server.port),
      adminConnectionString,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Connects as the read-only role to the database on this port. */
export function readerConnectionString(port: number): string {
  return `postgres://${READER.user}:${READER.password}@127.0.0.1:${port}/${DATABASE}`;
}

/** An empty server with as few connections as the database in trouble needs, on any free port unless one is given. */
export async function startWorldServer(held?: HeldPort): Promise<PostgresServer> {
  const settings = {
    max_connections: String(SLOTS + RESERVED + SUPERUSER),
    reserved_connections: String(RESERVED),
    superuser_reserved_connections: String(SUPERUSER),
    shared_preload_libraries: 'pg_stat_statements',
  };
  return startPostgresServer({ settings, held: held ?? (await holdFreePort()) });
}

async function dropWorld(maintenance: string): Promise<void> {
  await once(maintenance, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
    for (const { user } of [READER, APPLICATION]) await client.query(`DROP ROLE IF EXISTS ${user}`);
    // The server keeps statements, also those of databases that are gone.
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await client.query('SELECT pg_stat_statements_reset()');
  });
}

async function loadWorld(maintenance: string, admin: string): Promise<void> {
  await once(maintenance, async (client) => {
    for (const { user, password } of [READER, APPLICATION]) {
      await client.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
    }
    await client.query(`CREATE DATABASE ${DATABASE} OWNER ${APPLICATION.user}`);
  });
  for (const part of WORLD) {
    const statements = await readFile(new URL(`sample-world/${part}.sql`, import.meta.url), 'utf8');
    // A connection each: the server's statistics are complete only once the writing connection has closed.
    await once(admin, (client) => client.query(statements));
  }
}

/** Fills the application's connections like a leak in agent-runner. */
async function makeTrouble(application: string, admin: string, clients: pg.Client[]): Promise<void> {
  const runners = await connectAll(application, 'agent-runner', IDLE_IN_TRANSACTION, clients);
  for (const runner of runners) {
    await runner.query('BEGIN');
    await runner.query("SELECT id FROM positions WHERE status = 'OPEN'");
  }
  await runners[0]?.query(
    "UPDATE positions SET current_price = current_price * 0.98 WHERE symbol = 'BTC/USDT' AND status = 'OPEN'",
  );
  const apis = await connectAll(application, 'api', BLOCKED.length, clients);
  for (const [index, api] of apis.entries()) api.query(BLOCKED[index] ?? '').catch(() => undefined);
  await once(admin, untilBlocked);
}

async function untilBlocked(client: pg.Client): Promise<void> {
  const blocked =
    'SELECT count(*)::int AS n FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0';
  for (;;) {
    const { rows } = await client.query<{ n: number }>(blocked);
    if ((rows[0]?.n ?? 0) >= BLOCKED.length) return;
    await client.query('SELECT pg_sleep(0.02)');
  }
}

function connectAll(
  connectionString: string,
  name: string,
  count: number,
  clients: pg.Client[],
): Promise<pg.Client[]> {
  const connected = Array.from({ length: count }, async () => {
    const client = new pg.Client({ connectionString, application_name: name });
    // Ending a session, as the runbook advises, must not end this process.
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  });
  return Promise.all(connected);
}

async function once<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'local stack' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
