// Only Node's own modules are loaded before it is known what is asked for, so that even a package that is missing can be
// told in one sentence.
import { runCommands } from './command-line/run-commands.ts';
import { runbookCommands } from './runbook/command/commands.ts';

await runCommands(runbookCommands);
