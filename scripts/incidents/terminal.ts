import { styleText } from 'node:util';
import type { CommandCall, CommandOutput } from '../command-line/command.ts';
import { escapeControls } from '../command-line/escape-controls.ts';

/** Properties of the output. Without a width nothing is cut: it goes into a file or another program. */
export type Terminal = { width?: number; color: boolean };

export type Style = Parameters<typeof styleText>[0];

/** Colours are for terminals, unless NO_COLOR is set: https://no-color.org. */
export function terminalOf({
  stdout,
  environment: { NO_COLOR, TERM },
}: Pick<CommandCall, 'environment'> & { stdout: Pick<CommandOutput, 'isTTY' | 'columns'> }): Terminal {
  return {
    color: stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
    width: stdout.isTTY && stdout.columns ? stdout.columns : undefined,
  };
}

export function paint(text: string, style: Style | undefined, { color }: Terminal): string {
  return color && style !== undefined && text.trim() !== ''
    ? styleText(style, text, { validateStream: false })
    : text;
}

/** Prints text that was painted; what it shows from outside has been cleaned, so that it brings no colours. */
export function printPainted({ stdout }: Pick<CommandCall, 'stdout'>, text: string): void {
  stdout.write(`${escapeControls(text, { styles: true })}\n`);
}

/** The colour repeats the word, which is always there. */
export function severityStyle(severity: string): Style | undefined {
  if (severity === 'critical') return ['red', 'bold'];
  return severity === 'warning' ? 'yellow' : undefined;
}
