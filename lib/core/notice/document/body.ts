import type { FilledCommand } from '../../diagnosis/findings/finding.ts';
import { cleanText } from '../../shared/plain-text.ts';
import type { Notice } from '../notice.ts';
import type { DetailLevel } from './detail-level.ts';
import type { Line, Part, Section } from './document-types.ts';

/** A person cannot check a longer command before pasting it. */
const MAX_COMMAND = 4000;

/** Commands filled in with findings, then the steps that need a person's judgement. */
export function renderNextSteps(notice: Notice, detailLevel: DetailLevel): Section {
  const commands = notice.commands.slice(0, detailLevel.commands).map(commandPart);
  const steps = notice.response.slice(0, detailLevel.steps).map(
    (step, index): Part => ({
      rank: notice.commands.length === 0 ? 'useful' : 'extra',
      kind: 'line',
      line: [`${commands.length + index + 1}. ${step}`],
    }),
  );
  return { heading: 'Do next', parts: [...commands, ...steps] };
}

function commandPart({ text, command, caution, withheld }: FilledCommand, index: number): Part {
  const line: Line = [`${index + 1}. `, { bold: text }, ...(caution ? [` (${caution})`] : [])];
  // Cleaning or cutting would change the pasted command, so it is not shown.
  const unfit =
    withheld ??
    (cleanText(command) !== command
      ? 'it holds control characters'
      : command.length > MAX_COMMAND && 'too long');
  if (unfit) return { rank: 'useful', kind: 'line', line: [...line, ` (not shown: ${unfit})`] };
  return { rank: 'useful', kind: 'command', line, command };
}
