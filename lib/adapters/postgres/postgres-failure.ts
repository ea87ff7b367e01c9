import pg from 'pg';

/** SQLSTATE codes of failed statements for which people get plainer words than the server's. */
const refused: Record<string, string> = {
  '25006': 'the statement would write, and only reading is allowed',
  '42601': 'the statement is not valid',
  '42501': 'the role may not read this',
  '55P03': 'a lock was not free within 1 s',
  '57P01': 'the server ended the connection',
};

/** Codes of Node and of the server for a failed connection. */
const unreachable: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name is not known',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'no answer',
  '53300': 'too many clients already',
  '28P01': 'the server refused the user or the password',
  '28000': 'the server refused the user or the password',
};

/** Why the connection failed, in one sentence without credentials. */
export function describeConnectFailure(error: unknown, connectionString: string, timeout: number): string {
  return `could not connect: ${removeSecrets(connectReason(error, timeout), connectionString)}`;
}

function connectReason(error: unknown, timeout: number): string {
  const code = codeOf(error);
  const words = code === undefined ? undefined : unreachable[code];
  if (words !== undefined) return words;
  if (error instanceof pg.DatabaseError) return firstLine(error.message);
  const message = error instanceof Error ? error.message : '';
  if (/timeout|timed out|aborted/i.test(message)) return `no answer within ${seconds(timeout)}`;
  if (/terminated/i.test(message)) return 'the server closed the connection';
  if (/SSL|certificate/i.test(message)) return firstLine(message);
  // Anything else may quote the connection string.
  return code ?? 'the reason is not known';
}

/**
 * Why a statement gave no rows, in one sentence. The server ends a statement at its own timeout (milliseconds); the
 * step's timeout is for a server that does not answer at all.
 */
export function describeQueryFailure(
  error: unknown,
  connectionString: string,
  timeouts: { statement: number; step: number },
): string {
  const code = codeOf(error);
  if (code === '57014') return `took longer than ${seconds(timeouts.statement)}`;
  if (!(error instanceof pg.DatabaseError)) {
    const aborted = error instanceof Error && error.message === 'aborted';
    return aborted ? `no answer within ${seconds(timeouts.step)}` : 'the connection was lost';
  }
  const detail = removeSecrets(firstLine(error.message), connectionString);
  const reason = code === undefined ? undefined : refused[code];
  return reason === undefined ? `query failed: ${detail}` : `query failed: ${reason} (${detail})`;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

function seconds(millis: number): string {
  return `${Math.round(millis / 100) / 10} s`;
}

/** Servers quote their input, which can hold the password. */
function removeSecrets(text: string, connectionString: string): string {
  const password = URL.parse(connectionString)?.password ?? '';
  const secrets = [connectionString, password, decodeSafely(password)].filter((secret) => secret !== '');
  return secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text);
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
