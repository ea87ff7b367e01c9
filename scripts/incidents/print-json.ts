import type { CommandCall } from '../command-line/command.ts';
import { safeJson } from './safe-text.ts';

/** The API's answer, for programs. */
export function printJson({ console }: Pick<CommandCall, 'console'>, answer: unknown): void {
  console.log(safeJson(JSON.stringify(answer, null, 2)));
}
