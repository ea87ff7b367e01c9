import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { readAnswer, recordSchema } from './answers.ts';
import { createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { incidentId, pathOf } from './positionals.ts';
import { printJson } from './print-json.ts';
import { printPainted, terminalOf } from './terminal.ts';
import { writeIncident } from './write-incident.ts';

const COMMAND = 'npm run incidents -- show';

const HELP = `Usage: ${COMMAND} ID [options]

Shows one incident: its alerts, what needs attention, what happened when, and who was notified.

  --json         {incident, alerts, diagnoses, timeline, deliveries} instead of words
${CONNECTION_HELP}
  --help         show this

Exit codes: 0 shown, 1 there is no such incident, 2 called wrongly, 3 cannot be reached or no right.`;

export async function showCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, connectionOptions);
  if (!asked) return 0;
  const { values, positionals } = asked;
  const path = pathOf(incidentId(positionals, COMMAND));
  const answer = await createApi(readConnection(values, call.environment)).get(path);
  if (values.json) printJson(call, answer);
  else {
    const record = readAnswer(recordSchema, answer);
    const terminal = terminalOf(call);
    printPainted(call, writeIncident(record, { now: Date.now(), terminal }));
  }
  return 0;
}
