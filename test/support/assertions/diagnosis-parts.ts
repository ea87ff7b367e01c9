import type { Diagnosis, FilledCommand, Finding } from '../../../lib/core/diagnosis/findings/finding.ts';

export function findingOf({ findings }: Diagnosis, stepId: string): Finding {
  const found = findings.find((each) => each.stepId === stepId);
  if (found === undefined) throw new Error(`there is no finding ${stepId}`);
  return found;
}

export function stepIds({ findings }: Diagnosis): string[] {
  return findings.map(({ stepId }) => stepId);
}

export function rowsOf({ evidence }: Finding): string[][] {
  return evidence?.kind === 'table' ? evidence.rows : [];
}

export function commandsOf({ commands }: Diagnosis): string[] {
  return commands.map(({ command }) => command);
}

/** The filled-in command whose heading begins with this text. */
export function commandOf({ commands }: Diagnosis, text: string): FilledCommand {
  const found = commands.find((each) => each.text.startsWith(text));
  if (found === undefined) throw new Error(`${text} is not offered`);
  return found;
}

/** The statements that a psql command line runs. */
export function statementsOf({ command }: FilledCommand): string[] {
  return [...command.matchAll(/ -c ('[^']*'|"[^"]*")/g)].map(([, quoted = '']) => quoted.slice(1, -1));
}
