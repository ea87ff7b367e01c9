import pg from 'pg';
import { cancelStatement } from './cancel-statement.ts';
import { scalarTypes } from './scalar-types.ts';

/** Milliseconds that opening a session may take. */
export const CONNECT_TIMEOUT = 3_000;
/** A server on the same network ends a session within milliseconds; one that hangs must not hold up a page. */
const CLOSE_WITHIN = 200;

export type ConnectionOptions = { connectionString: string; applicationName: string };

/** One session at the server. Nothing of it throws outside of its promises. */
export type Connection = {
  client: pg.Client;
  /** Resolves when the session can take statements; rejects with the server's reason, or after 3 s. */
  opened(): Promise<void>;
  /** Whether the server or the network has not ended it. */
  isAlive(): boolean;
  /**
   * Ends the session, `running` first, and resolves when the server has ended it too. A server that does not answer is
   * left after 200 ms.
   */
  close(running?: Promise<unknown>): Promise<void>;
};

export function createConnection({ connectionString, applicationName }: ConnectionOptions): Connection {
  const client = new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    types: scalarTypes,
  });
  let state: 'new' | 'opening' | 'open' | 'ended' = 'new';
  let opening: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  // Without a listener, a session that breaks between two statements would end the process.
  client.on('error', () => undefined);
  client.once('end', () => {
    state = 'ended';
  });

  async function open(): Promise<void> {
    state = 'opening';
    await client.connect();
    state = 'open';
  }

  async function end(running: Promise<unknown> | undefined): Promise<void> {
    if (state === 'new' || state === 'ended') return;
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
    });
    const leave = new AbortController();
    // Before a session is open, there is nobody to say goodbye to.
    if (!isOpen()) destroy();
    const timer = setTimeout(() => {
      leave.abort();
      destroy();
    }, CLOSE_WITHIN);
    if (running !== undefined && isOpen()) {
      await cancelStatement(client, leave.signal);
      await running.catch(() => undefined);
    }
    await Promise.all([client.end(), ended]);
    clearTimeout(timer);
  }

  function destroy(): void {
    client.connection.stream.destroy();
  }

  function isOpen(): boolean {
    return state === 'open';
  }

  return {
    client,
    opened: () => (opening ??= open()),
    isAlive: isOpen,
    close: (running) => (closing ??= end(running)),
  };
}
