// Only Node's own modules are loaded before the command is known, so that a missing package can be reported in one
// sentence.
import { runCommands } from './command-line/run-commands.ts';
import { incidentsCommands } from './incidents/commands.ts';

await runCommands(incidentsCommands);
