import type { Severity } from '../api/answers.ts';

/** By colour and by word. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  return <span class={`badge ${severity}`}>{severity}</span>;
}
