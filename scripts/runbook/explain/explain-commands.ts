import { evaluateCel, listMembers } from '../../../lib/core/diagnosis/expressions/cel.ts';
import { quoteForShell } from '../../../lib/core/diagnosis/expressions/insert-safely.ts';
import { fillTemplate } from '../../../lib/core/diagnosis/expressions/template.ts';
import { fillCommands } from '../../../lib/core/diagnosis/fill-commands.ts';
import { holdsSecret } from '../../../lib/core/redaction/links.ts';
import type { Command, Runbook } from '../../../lib/core/runbook/runbook.ts';

export type ExplainedCommand = {
  text: string;
  /** Filled from labels; the parts that only a diagnosis can fill stay in `{{ }}`, and all where a label holds a secret. */
  command: string;
  caution?: string;
  /** `always`, or the finding that makes it appear. */
  shown: string;
};

type Labels = Readonly<Record<string, string>>;

/** The commands that could be shown for alerts with these labels, each with its condition. */
export function explainCommands({ commands }: Runbook, labels: Labels): ExplainedCommand[] {
  return commands.map((written) => {
    const { text, command, caution, when } = written;
    const [filled] = fillCommands([written], { labels, findings: {} });
    if (filled?.withheld !== undefined) return { text, command, caution, shown: `never: ${filled.withheld}` };
    return {
      text,
      command: filled?.command ?? filledFromLabels(command, labels),
      caution,
      shown: filled ? 'always' : shownWhen(written, when),
    };
  });
}

function shownWhen({ command }: Command, when: string | undefined): string {
  const holes = [...command.matchAll(/\{\{(.*?)\}\}/gs)].map(([, inside = '']) => inside.trim());
  const needed = [...new Set(holes.filter((hole) => listMembers(hole, 'findings').length > 0))];
  if (when !== undefined) return `when ${when}`;
  return needed.length > 0
    ? `when ${needed.join(' and ')} was found`
    : 'never: the alert lacks a label that it needs';
}

function filledFromLabels(command: string, labels: Labels): string {
  return command.replace(/\{\{(.*?)\}\}/gs, (hole, inside: string, at: number) => {
    const fromLabels = listMembers(inside.trim(), 'findings').length === 0;
    if (!fromLabels || evaluateCel(inside.trim(), { labels }).kind === 'failed') return hole;
    const before = command.slice(0, at);
    const filled = fillTemplate(hole, { labels }, (value) => quoteForShell(value, before)) ?? hole;
    return holdsSecret(before + filled) ? hole : filled;
  });
}
