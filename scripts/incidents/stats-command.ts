import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { readAnswer, statsSchema } from './answers.ts';
import { createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { RANGE_HELP, rangeOptions, readRange } from './filters.ts';
import { noMore } from './positionals.ts';
import { printJson } from './print-json.ts';
import { printPainted, terminalOf } from './terminal.ts';
import { writeStats } from './write-stats.ts';

const COMMAND = 'npm run incidents -- stats';

const HELP = `Usage: ${COMMAND} [options]

Shows how often what fires, how long it takes until somebody has it and until it is over, and whom it wakes.

${RANGE_HELP}
  --tz ZONE      where days begin, such as Europe/Berlin (UTC)
  --json         what the API said instead of tables
${CONNECTION_HELP}
  --help         show this

Exit codes: 0 shown, 1 the request was refused, 2 called wrongly, 3 cannot be reached or no right.`;

export async function statsCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, {
    ...connectionOptions,
    ...rangeOptions,
    tz: { type: 'string' },
  });
  if (!asked) return 0;
  const { values, positionals } = asked;
  noMore(positionals);
  const parameters = {
    ...readRange(values, Date.now()),
    tz: values.tz,
  };
  const answer = await createApi(readConnection(values, call.environment)).get('/stats', parameters);
  if (values.json) printJson(call, answer);
  else printPainted(call, writeStats(readAnswer(statsSchema, answer), terminalOf(call)));
  return 0;
}
