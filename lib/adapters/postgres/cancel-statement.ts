import pg from 'pg';

// What pg has and its types leave out.
declare module 'pg' {
  interface Client {
    readonly processID: number | null;
    readonly secretKey: number | null;
  }
  interface Connection {
    connect(port: number, host: string): void;
    connect(socketPath: string): void;
    requestSsl(): void;
    cancel(processID: number, secretKey: number): void;
  }
}

/**
 * Asks the server to cancel what a client's session runs. PostgreSQL takes such a request over a connection of its own,
 * which needs no free slot and no role. Resolves when that connection is closed, whatever came of it; `signal` closes
 * it. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function cancelStatement(client: pg.Client, signal: AbortSignal): Promise<void> {
  const { processID, secretKey, host, port, ssl } = client;
  if (processID === null || secretKey === null || signal.aborted) return Promise.resolve();
  const request = new pg.Connection({ ssl });
  return new Promise((resolve) => {
    const stop = () => request.stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    request.on('error', stop);
    request.once('end', () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const send = () => request.cancel(processID, secretKey);
    request.on('connect', () => (ssl ? request.requestSsl() : send()));
    request.on('sslconnect', send);
    if (host.startsWith('/')) request.connect(`${host}/.s.PGSQL.${port}`);
    else request.connect(port, host);
  });
}
