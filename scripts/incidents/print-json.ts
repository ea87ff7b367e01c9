import type { CommandCall } from '../command-line/command.ts';

/** The API's answer, for programs. */
export function printJson({ console }: Pick<CommandCall, 'console'>, answer: unknown): void {
  console.log(JSON.stringify(answer, null, 2));
}
