import type { Command } from '../runbook/runbook.ts';
import { type CelVariables, evaluateCel } from './cel.ts';
import type { FilledCommand } from './finding.ts';
import { shellQuoted } from './insert-safely.ts';
import { redact } from './redact.ts';
import { fillTemplate } from './template.ts';

/**
 * The runbook's commands, filled in from what was found (`findings.<step id>`) and from the alerts' labels, each
 * value as one shell word. A command whose value was not found, or whose `when` does not hold, is left out.
 */
export function fillCommands(commands: Command[], variables: CelVariables): FilledCommand[] {
  return commands.flatMap(({ text, command, caution, when }) => {
    if (when !== undefined) {
      const outcome = evaluateCel(when, variables);
      if (outcome.kind === 'failed' || outcome.value !== true) return [];
    }
    const filled = fillTemplate(command, variables, shellQuoted);
    if (filled === undefined) return [];
    return { text, command: redact(filled), ...(caution === undefined ? {} : { caution }) };
  });
}
