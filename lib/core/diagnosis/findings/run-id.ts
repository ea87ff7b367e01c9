/** What a finding's `stepId` says: its step in the runbook, and the value of a step that ran for each value of a label. */
export type RunName = { step: string; value?: string };

/** The inverse of what `asRun` makes: `log:technical-agent`. Step ids hold no colon, values may. */
export function runOf(stepId: string): RunName {
  const colon = stepId.indexOf(':');
  return colon < 0 ? { step: stepId } : { step: stepId.slice(0, colon), value: stepId.slice(colon + 1) };
}

/** The value that tells a run of a step from its neighbours, where the sentence does not name it. */
export function valueToName({ stepId, sentence }: { stepId: string; sentence: string }): string | undefined {
  const { value } = runOf(stepId);
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
