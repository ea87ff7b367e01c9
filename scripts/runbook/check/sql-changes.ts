import type { SqlNode } from './parse-sql.ts';

const statements: Record<string, string> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
};

/**
 * Functions that do more than read and that somebody might use in a check, with their effect. A user-defined function
 * may do anything: the role stops that, not this list.
 */
const functions: [RegExp, string][] = [
  [/^pg_(terminate|cancel)_backend$/, 'it ends what another session does; make it a command'],
  [/^pg_(reload_conf|rotate_logfile|promote|switch_wal)$/, 'it changes the server'],
  [/^pg_(create_restore_point|logical_emit_message|wal_replay_\w+)$/, 'it changes the server'],
  [/^pg_\w*(replication_slot|replication_origin)\w*$/, 'it changes replication'],
  [/^pg_(backup_start|backup_stop|import_system_collations)$/, 'it changes the server'],
  [/^pg_stat_(\w+_)?reset\w*$/, 'it empties statistics'],
  [/^(nextval|setval)$/, 'it moves a sequence'],
  [/^lo_\w+$/, 'large objects are not for checks'],
  [/^dblink\w*$/, 'it talks to another server'],
  [/^pg_(try_)?advisory_\w+$/, 'it takes or gives back a lock'],
  [/^set_config$/, 'it changes a setting'],
  [/^pg_notify$/, 'it sends a notification'],
  [/^pg_sleep(_for|_until)?$/, 'it only waits'],
  [/^(txid_current|pg_current_xact_id)$/, 'it uses a transaction id up'],
  [/^(query_to_xml\w*|ts_stat|crosstab\w*)$/, 'it runs a text as another statement'],
];

/** The change that a node of a statement would make, in a sentence; `undefined` when it only reads. */
export function changeBy({ type, fields }: SqlNode): string | undefined {
  const statement = statements[type];
  if (statement !== undefined) return `a check only reads, and this holds ${statement}`;
  if (type === 'IntoClause') return 'a check only reads, and SELECT INTO makes a table';
  if (type === 'LockingClause') return 'a check only reads, and FOR UPDATE or FOR SHARE locks rows';
  if (type !== 'FuncCall') return undefined;
  const name = functionName(fields['funcname']);
  const known = functions.find(([pattern]) => pattern.test(name));
  return known && `a check cannot call ${name}: ${known[1]}`;
}

/** The last part of `pg_catalog.pg_sleep`, in the letter case that PostgreSQL stores. */
function functionName(parts: unknown): string {
  const last: unknown = Array.isArray(parts) ? parts.at(-1) : undefined;
  if (typeof last !== 'object' || last === null || !('String' in last)) return '';
  const { String: text } = last;
  if (typeof text !== 'object' || text === null || !('sval' in text)) return '';
  return typeof text.sval === 'string' ? text.sval : '';
}
