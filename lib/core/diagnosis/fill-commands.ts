import { HIDDEN } from '../redaction/harmless-values.ts';
import { holdsSecret } from '../redaction/links.ts';
import { isSecretName } from '../redaction/secret-names.ts';
import type { Command } from '../runbook/runbook.ts';
import { type CelVariables, evaluateCel } from './expressions/cel.ts';
import { quoteForShell } from './expressions/insert-safely.ts';
import { fillTemplate } from './expressions/template.ts';
import type { FilledCommand } from './findings/finding.ts';

/**
 * Fills the runbook's commands from findings (`findings.<step id>`) and the alerts' labels, each value as one
 * shell word. Nothing changes a command afterwards. Omits a command if a value is missing or cannot be inserted
 * whole, or if its `when` is not true. A command that holds a secret is withheld, and says so.
 */
export function fillCommands(commands: Command[], variables: CelVariables): FilledCommand[] {
  return commands.flatMap(({ text, command, caution, when }) => {
    if (when !== undefined) {
      const outcome = evaluateCel(when, variables);
      if (outcome.kind === 'failed' || outcome.value !== true) return [];
    }
    const secrets = listSecrets(variables.labels);
    let hasSecret = false;
    const filled = fillTemplate(command, variables, (value, before) => {
      hasSecret ||=
        value.includes(HIDDEN) || holdsSecret(value) || secrets.some((each) => value.includes(each));
      return quoteForShell(value, before);
    });
    if (hasSecret) return [withhold({ text, command, caution })];
    return filled === undefined ? [] : [withholdCommand({ text, command: filled, caution })];
  });
}

/** The command as it is; without its line if redaction would change that, because it would change the quotes as well. */
export function withholdCommand(filled: FilledCommand): FilledCommand {
  return holdsSecret(filled.command) ? withhold(filled) : filled;
}

const WITHHELD = 'one of its values looks like a secret';

function withhold({ text, caution }: FilledCommand): FilledCommand {
  return { text, command: '', caution, withheld: WITHHELD };
}

/** A shorter value is in many commands by chance. */
const SHORTEST = 4;

/** Values of labels such as `password`, which have no form by which they could be told. */
function listSecrets(labels: unknown): string[] {
  if (typeof labels !== 'object' || labels === null) return [];
  return Object.entries(labels).flatMap(([name, value]) =>
    isSecretName(name) && typeof value === 'string' && value.length >= SHORTEST ? [value] : [],
  );
}
