import { styleText } from 'node:util';
import type { CommandCall, CommandOutput } from '../command-line/command.ts';

/** What the output is for. Without a width nothing is cut: it goes into a file or another program. */
export type Terminal = { width?: number; color: boolean };

export type Style = Parameters<typeof styleText>[0];

/** Colours are for people at a terminal who have not asked for none: https://no-color.org. */
export function terminalOf({
  stdout,
  environment: { NO_COLOR, TERM },
}: Pick<CommandCall, 'environment'> & { stdout: Pick<CommandOutput, 'isTTY' | 'columns'> }): Terminal {
  return {
    color: stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
    ...(stdout.isTTY && stdout.columns ? { width: stdout.columns } : {}),
  };
}

export function paint(text: string, style: Style | undefined, { color }: Terminal): string {
  return color && style !== undefined && text.trim() !== ''
    ? styleText(style, text, { validateStream: false })
    : text;
}

/** How bad it is, at a glance; the word itself is always there. */
export function severityStyle(severity: string): Style | undefined {
  if (severity === 'critical') return ['red', 'bold'];
  return severity === 'warning' ? 'yellow' : undefined;
}
