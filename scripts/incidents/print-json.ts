import { safeJson } from './safe-text.ts';

/** What the API said, for programs. */
export function printJson(answer: unknown): void {
  console.log(safeJson(JSON.stringify(answer, null, 2)));
}
