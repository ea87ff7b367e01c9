import type { Command } from '../runbook/runbook.ts';
import { type CelVariables, evaluateCel } from './expressions/cel.ts';
import { quoteForShell } from './expressions/insert-safely.ts';
import { redact } from './expressions/redact.ts';
import { fillTemplate } from './expressions/template.ts';
import type { FilledCommand } from './findings/finding.ts';

/**
 * The runbook's commands, filled in from what was found (`findings.<step id>`) and from the alerts' labels, each
 * value as one shell word. Nothing changes a command afterwards. It is left out when a value was not found, cannot be
 * inserted whole or looks like a credential, or when its `when` does not hold.
 */
export function fillCommands(commands: Command[], variables: CelVariables): FilledCommand[] {
  return commands.flatMap(({ text, command, caution, when }) => {
    if (when !== undefined) {
      const outcome = evaluateCel(when, variables);
      if (outcome.kind === 'failed' || outcome.value !== true) return [];
    }
    const filled = fillTemplate(command, variables, quoteForShell);
    // Redacting changes what is pasted: the quotes around a value are no longer those that it needs.
    if (filled === undefined || redact(filled) !== filled) return [];
    return { text, command: filled, ...(caution === undefined ? {} : { caution }) };
  });
}
