import type { NoticeReason } from '../../incident/effect.ts';
import type { StepKind } from '../../runbook/runbook.ts';
import type { Millis } from '../../shared/time.ts';
import type { DiagnosisContext } from './context.ts';

/** `attention`: a person should look. `normal`: checked, fine. `unchecked`: could not be checked. */
export type Verdict = 'attention' | 'normal' | 'unchecked';

export type Evidence =
  | { kind: 'table'; columns: string[]; rows: string[][]; omitted: number }
  | {
      kind: 'series';
      /** [time in ms, value], oldest first, at most 120 points. */
      points: [Millis, number][];
      min: number;
      max: number;
      last: number;
      unit?: string;
      label?: string;
      /** At which value the alert fires, where the expression says so. */
      threshold?: number;
      /** Further series that are not shown. */
      omitted: number;
    }
  /** Lines as they were written, the newest last; `omitted` ones are older. */
  | { kind: 'text'; lines: string[]; omitted: number };

/** What one step found. */
export type Finding = {
  stepId: string;
  title: string;
  kind: StepKind | 'expression';
  verdict: Verdict;
  /** One sentence, numbers before adjectives; redacted. */
  sentence: string;
  evidence?: Evidence;
  tookMs: number;
};

export type FilledCommand = { text: string; command: string; caution?: string };

/** The results of running a runbook's diagnostics once. The id is the effect's, so a repeat finds it. */
export type Diagnosis = {
  schema: 1;
  id: string;
  incidentId: string;
  seq: number;
  /** Why it was made; absent in those of the version before. */
  reason?: NoticeReason;
  startedAt: Millis;
  finishedAt: Millis;
  /** Attention first, then normal, then unchecked; within each in the runbook's order. */
  findings: Finding[];
  /** Labels, as names and values, that all alerts it was made for share; absent in those of the version before. */
  about?: [string, string][];
  commands: FilledCommand[];
  /** Why diagnostics were not run, when they were not. */
  skipped?: string;
} & DiagnosisContext;

/** A cell as it came from a server. */
export type Cell = string | number | boolean | null;

/** What a finding's `stepId` says: its step in the runbook, and the value of a step that ran for each value of a label. */
export type RunName = { step: string; value?: string };

/** The inverse of what `asRun` makes: `log:technical-agent`. Step ids hold no colon, values may. */
export function parseRunId(stepId: string): RunName {
  const colon = stepId.indexOf(':');
  return colon < 0 ? { step: stepId } : { step: stepId.slice(0, colon), value: stepId.slice(colon + 1) };
}

/** The value that tells a run of a step from its neighbours, where the sentence does not name it. */
export function getNamedValue({
  stepId,
  sentence,
}: {
  stepId: string;
  sentence: string;
}): string | undefined {
  const { value } = parseRunId(stepId);
  return value === undefined || value === '' || names(sentence, value) ? undefined : value;
}

/** Whether a text holds the value as a word of its own: `api-1` does not name `api`. */
function names(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at) + text.slice(at + value.length, at + value.length + 1);
    if (!/[\p{L}\p{N}_-]/u.test(around)) return true;
  }
  return false;
}
