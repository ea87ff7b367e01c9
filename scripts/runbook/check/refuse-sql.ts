import {
  type Allowed,
  allowedFunctions,
  allowedOperators,
  allowedSamplings,
  allowedTypes,
} from './allowed-sql.ts';
import { namesIn, type SqlNode } from './parse-sql.ts';

const statements: Record<string, string> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
};

const XML = 'PostgreSQL cannot end that at the timeout; read the XML as text';

/**
 * What functions do that somebody might use in a check, and what to do instead. They are refused like any other that
 * is not on the list: this only explains why.
 */
const known: [RegExp, string][] = [
  [/^pg_(terminate|cancel)_backend$/, 'it ends what another session does; make it a command'],
  [/^pg_stat_(\w+_)?reset\w*$/, 'it empties statistics; make it a command'],
  [/^(nextval|setval)$/, 'it moves a sequence; read the view pg_sequences'],
  [/^pg_(try_)?advisory_\w+$/, 'it takes or gives back a lock; read the view pg_locks'],
  [/^set_config$/, 'it changes a setting; read it with current_setting'],
  [/^pg_notify$/, 'it sends a notification; leave it out'],
  [/^pg_sleep(_for|_until)?$/, 'it only waits; leave it out'],
  [/^(txid_current|pg_current_xact_id)$/, 'it uses a transaction id up; call pg_current_xact_id_if_assigned'],
  [
    /^pg_logical_slot_\w+$/,
    'it decodes a replication slot, or empties it; read the view pg_replication_slots',
  ],
  [/^pg_\w*replication_(slot|origin)\w*$/, 'it changes replication; read the view pg_replication_slots'],
  [
    /^(pg_read_\w*file|pg_ls_\w+|pg_stat_file|lo_\w+|loread|lowrite)$/,
    "it reads or writes the server's files; make it a command",
  ],
  [/^xpath|^xml/, XML],
  [/^dblink\w*$/, 'it talks to another server; make it a command'],
  [
    /^(ts_rewrite|ts_stat|crosstab\w*|(query|table|cursor|schema|database)_to_xml\w*)$/,
    'it runs a text as a statement; write that statement as a check',
  ],
];

const FILE = 'scripts/runbook/check/allowed-sql.ts';

/** Why a check may not hold a node of a statement, and what to do instead, in a sentence; `undefined`: it may. */
export function refuseNode({ type, fields }: SqlNode): string | undefined {
  const statement = statements[type];
  if (statement !== undefined) return `a check only reads, and this holds ${statement}`;
  switch (type) {
    case 'IntoClause':
      return 'a check only reads, and SELECT INTO makes a table';
    case 'LockingClause':
      return 'a check only reads, and FOR UPDATE or FOR SHARE locks rows';
    case 'FuncCall':
      return refuseFunction(namesIn(fields['funcname']));
    case 'TypeName':
      return refuseName('cast to the type', namesIn(fields['names']), allowedTypes);
    case 'A_Expr':
      return /BETWEEN/.test(String(fields['kind'])) ? undefined : refuseOperator(fields['name']);
    case 'SubLink':
      return refuseOperator(fields['operName']);
    case 'SortBy':
      return refuseOperator(fields['useOp']);
    case 'XmlExpr':
    case 'XmlSerialize':
    case 'RangeTableFunc':
      return `a check cannot make or search XML: ${XML}`;
    case 'RangeTableSample':
      return refuseName('sample by', namesIn(fields['method']), allowedSamplings);
    default:
      return undefined;
  }
}

/** Why a check may not call a function; `say` makes the sentence if nothing is known of it. `undefined`: it may. */
export function refuseFunction(
  names: string[],
  say = () => refuseName('call', names, allowedFunctions),
): string | undefined {
  if (isAllowed(names, allowedFunctions)) return undefined;
  const reason = known.find(([pattern]) => pattern.test(names.at(-1) ?? ''));
  return reason ? `a check cannot call ${names.join('.')}: ${reason[1]}` : say();
}

/** An operator is a function too, and a database can have operators of its own. */
function refuseOperator(name: unknown): string | undefined {
  return name === undefined ? undefined : refuseName('use the operator', namesIn(name), allowedOperators);
}

function refuseName(verb: string, names: string[], allowed: Allowed): string | undefined {
  if (isAllowed(names, allowed)) return undefined;
  const instead = 'make it a command, or put it into a view of the database and read that';
  return `a check cannot ${verb} ${names.join('.')}: it is not on the list of what only reads (${FILE}); ${instead}`;
}

/** What another schema has is somebody's own, whatever its name. */
function isAllowed(names: string[], { builtIn, extension }: Allowed): boolean {
  const [first = '', second, ...more] = names;
  if (second === undefined) return builtIn.has(first) || extension.has(first);
  return first === 'pg_catalog' && more.length === 0 && builtIn.has(second);
}
