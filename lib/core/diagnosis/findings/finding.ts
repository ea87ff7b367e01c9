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
      /** The value at which the alert fires, if its expression has one. */
      threshold?: number;
      /** Number of series that are not shown. */
      omitted: number;
    }
  /** Original lines, the newest last; `omitted` counts older ones. */
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

/** `withheld`: why its line is not shown; `command` is then empty. */
export type FilledCommand = { text: string; command: string; caution?: string; withheld?: string };

/**
 * The results of one run of a runbook's checks. The id is the effect's, so that a repeat finds the diagnosis.
 */
export type Diagnosis = {
  schema: 1;
  id: string;
  incidentId: string;
  seq: number;
  /** Why it ran. */
  reason: NoticeReason;
  startedAt: Millis;
  finishedAt: Millis;
  /** Attention first, then normal, then unchecked; in each group in the runbook's order. */
  findings: Finding[];
  /** Label names and values that all diagnosed alerts share; absent when no checks were run. */
  about?: [string, string][];
  commands: FilledCommand[];
  /** Why checks were not run, or findings were dropped. */
  skipped?: string;
} & DiagnosisContext;

/** A cell as the server sent it. */
export type Cell = string | number | boolean | null;

/**
 * The parts of a finding's `stepId`: its step in the runbook and, with `for_each`, the label value of the
 * run.
 */
export type RunName = { step: string; value?: string };

/** The inverse of `toRunStep`: `log:technical-agent`. Step ids contain no colon, values may. */
export function parseRunId(stepId: string): RunName {
  const colon = stepId.indexOf(':');
  return colon < 0 ? { step: stepId } : { step: stepId.slice(0, colon), value: stepId.slice(colon + 1) };
}

/** The value that distinguishes this run of a step, unless the sentence already names it. */
export function getNamedValue({
  stepId,
  sentence,
}: {
  stepId: string;
  sentence: string;
}): string | undefined {
  const { value } = parseRunId(stepId);
  return value === undefined || value === '' || containsWord(sentence, value) ? undefined : value;
}

/** Whether a text contains the value as a separate word: `api-1` does not name `api`. */
function containsWord(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at) + text.slice(at + value.length, at + value.length + 1);
    if (!/[\p{L}\p{N}_-]/u.test(around)) return true;
  }
  return false;
}
