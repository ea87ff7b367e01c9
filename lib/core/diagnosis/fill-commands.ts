import type { Command } from '../runbook/runbook.ts';
import { type CelVariables, evaluateCel } from './expressions/cel.ts';
import { quoteForShell } from './expressions/insert-safely.ts';
import { redact } from './expressions/redact.ts';
import { fillTemplate } from './expressions/template.ts';
import type { FilledCommand } from './findings/finding.ts';

/**
 * Fills the runbook's commands from findings (`findings.<step id>`) and the alerts' labels, each value as one
 * shell word. Nothing changes a command afterwards. Omits a command if a value is missing, cannot be inserted
 * whole or looks like a credential, or if its `when` is not true.
 */
export function fillCommands(commands: Command[], variables: CelVariables): FilledCommand[] {
  return commands.flatMap(({ text, command, caution, when }) => {
    if (when !== undefined) {
      const outcome = evaluateCel(when, variables);
      if (outcome.kind === 'failed' || outcome.value !== true) return [];
    }
    const filled = fillTemplate(command, variables, quoteForShell);
    // Redaction would change the quotes that a value needs in the shell.
    if (filled === undefined || redact(filled) !== filled) return [];
    return { text, command: filled, caution };
  });
}
