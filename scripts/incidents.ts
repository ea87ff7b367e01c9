// Only Node's own modules are loaded before it is known what is asked for, so that even a package that is missing can be
// told in one sentence.
import { runCommands } from './command-line/run-commands.ts';
import { incidentsCommands } from './incidents/commands.ts';

await runCommands(incidentsCommands);
