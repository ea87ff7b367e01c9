import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { pageSchema, readAnswer, type ShownIncident } from './answers.ts';
import type { Api, Parameters } from './api.ts';
import { createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { FILTER_HELP, filterOptions, readFilters } from './filters.ts';
import { noMore } from './positionals.ts';
import { printJson } from './print-json.ts';
import { RequestError } from './request-error.ts';
import { printPainted, terminalOf } from './terminal.ts';
import { writeList } from './write-list.ts';

const COMMAND = 'npm run incidents -- list';

const HELP = `Usage: ${COMMAND} [options]

Lists incidents, the newest first: those of the last 30 days, or with --open all that are open.

${FILTER_HELP}
  --limit 50     as many at most
  --json         {incidents, cursor?} instead of a table; cursor when there are more
${CONNECTION_HELP}
  --help         show this

Exit codes: 0 there are some, 1 there are none or the request was refused, 2 called wrongly, 3 cannot be reached or
no right.`;

/** The API's own limit of a page. */
const PAGE = 200;

export async function listCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, {
    ...connectionOptions,
    ...filterOptions,
    limit: { type: 'string', default: '50' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  noMore(positionals);
  const now = Date.now();
  const parameters = readFilters(values, now);
  const limit = readLimit(values.limit);
  const found = await findIncidents(createApi(readConnection(values, call.environment)), parameters, limit);

  if (values.json)
    printJson(call, { incidents: found.answered, ...(found.cursor && { cursor: found.cursor }) });
  else if (found.incidents.length === 0) call.console.error('There is no such incident.');
  else {
    printPainted(call, writeList(found.incidents, { now, terminal: terminalOf(call) }));
    if (found.cursor)
      call.console.error(`These are the latest ${limit}; there may be more with a higher --limit.`);
  }
  return found.incidents.length === 0 ? 1 : 0;
}

type Found = {
  incidents: ShownIncident[];
  /** The same as the API returned them. */
  answered: unknown[];
  cursor?: string;
};

/** Follows the cursors up to the limit; a page may be empty although there are more. */
async function findIncidents(api: Api, parameters: Parameters, limit: number): Promise<Found> {
  const found: Found = { incidents: [], answered: [] };
  let cursor: string | undefined;
  do {
    const size = String(Math.min(PAGE, limit - found.incidents.length));
    const answer = await api.get('/incidents', { ...parameters, limit: size, ...(cursor && { cursor }) });
    const page = readAnswer(pageSchema, answer);
    if (page.cursor !== undefined && page.cursor === cursor) {
      throw new RequestError(3, 'The listing does not come to an end: the same cursor was given twice.');
    }
    found.incidents.push(...page.incidents);
    found.answered.push(...Object(answer).incidents);
    cursor = page.cursor;
  } while (cursor !== undefined && found.incidents.length < limit);
  return cursor === undefined ? found : { ...found, cursor };
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--limit takes a whole number from 1 to 999999, not ${JSON.stringify(text)}.`);
}
