import type { CommandCall } from '../command-line/command.ts';
import { readArguments } from '../command-line/read-arguments.ts';
import { createApi } from './api.ts';
import { CONNECTION_HELP, connectionOptions, readConnection } from './connection.ts';
import { incidentId, pathOf } from './positionals.ts';
import { printJson } from './print-json.ts';
import { safeText } from './safe-text.ts';

const COMMAND = 'npm run incidents -- report';

const HELP = `Usage: ${COMMAND} ID [options]

Prints a draft of an incident's post-mortem as Markdown: summary, timeline, findings, what changed, and the questions
that people have to answer. > report.md keeps it; npm run -s leaves npm's own lines out.

  --json         {markdown} instead of the text itself
${CONNECTION_HELP}
  --help         show this

Exit codes: 0 printed, 1 there is no such incident, 2 called wrongly, 3 cannot be reached or no right.`;

export async function reportCommand(call: CommandCall): Promise<number> {
  const asked = readArguments({ command: COMMAND, help: HELP }, call, connectionOptions);
  if (!asked) return 0;
  const { values, positionals } = asked;
  const path = pathOf(incidentId(positionals, COMMAND), '/report');
  const markdown = await createApi(readConnection(values, call.environment)).getText(path);
  if (values.json) printJson(call, { markdown });
  else call.console.log(safeText(markdown).trimEnd());
  return 0;
}
