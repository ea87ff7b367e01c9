import { formatUtc } from '../../lib/core/shared/time.ts';
import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { deadLettersSchema, readAnswer, redriveSchema } from './answers.ts';
import { type Api, createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { type Column, fitTable } from './fit-table.ts';
import { noMore } from './positionals.ts';
import { printJson } from './print-json.ts';
import { printPainted, type Terminal, terminalOf } from './terminal.ts';

const COMMAND = 'npm run incidents -- redrive';

const HELP = `Usage: ${COMMAND} [options]

Shows the notices that could not be sent in a hundred attempts and sends them again. What is out of date by then, such
as an escalation of an incident that is over, is not told again.

  --dry-run      only show them
  --json         {count, letters, redriven, remaining} instead of words
${CONNECTION_HELP}
  --help         show this

It takes a write token. Exit codes: 0 all are on their way or there are none, 1 some remain (with --dry-run: there
are some), 2 called wrongly, 3 cannot be reached or no right.`;

/** More rows would scroll the rest off the screen; --json has the API's whole answer. */
const MAX_SHOWN = 20;

export async function redriveCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, {
    ...connectionOptions,
    'dry-run': { type: 'boolean', default: false },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  noMore(positionals);
  const api = createApi(readConnection(values, call.environment));

  const answer = await api.get('/dead-letters');
  const { count, letters } = readAnswer(deadLettersSchema, answer);
  if (!values.json) printPainted(call, writeLetters(letters, count, terminalOf(call)));
  // Called even when the list is empty: SQS counts with a delay, and another request may hide letters.
  const result = values['dry-run'] ? { redriven: 0, remaining: count } : await redriveAll(api);

  if (values.json) printJson(call, { ...Object(answer), ...(values['dry-run'] ? {} : result) });
  else if (!values['dry-run'] && (count > 0 || result.redriven > 0)) {
    call.console.log(`${result.redriven} sent again, ${result.remaining} remaining.`);
    if (result.remaining > 0) {
      call.console.error(
        'What remains cannot be read, or somebody was looking at it: try again in half a minute.',
      );
    }
  }
  return result.remaining === 0 ? 0 : 1;
}

/** Each call redrives as many as its time allows. */
async function redriveAll(api: Api): Promise<{ redriven: number; remaining: number }> {
  let redriven = 0;
  for (;;) {
    const result = readAnswer(redriveSchema, await api.post('/dead-letters/redrive'));
    redriven += result.redriven;
    if (result.redriven === 0 || result.remaining === 0) return { redriven, remaining: result.remaining };
  }
}

type Letter = ReturnType<typeof readAnswer<typeof deadLettersSchema>>['letters'][number];

const columns: Column<Letter>[] = [
  { title: 'SINCE', of: ({ at }) => formatUtc(Date.parse(at)) },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'WHERE', of: ({ destination }) => destination, narrow: 12 },
  { title: 'SENT', of: ({ attempt }) => `${attempt}x`, right: true, spare: 1 },
  { title: 'INCIDENT', of: ({ incidentId }) => incidentId },
];

function writeLetters(letters: Letter[], count: number, terminal: Terminal): string {
  if (count === 0) return 'No notice is left over.';
  const shown = letters.slice(0, MAX_SHOWN);
  const more = count - shown.length;
  return [
    ...(shown.length === 0 ? [] : fitTable(columns, shown, terminal)),
    ...(more > 0 ? [shown.length === 0 ? `${more} that cannot be shown` : `and ${more} more`] : []),
  ].join('\n');
}
