import { toRowEvidence } from '../../../lib/core/diagnosis/checks/row-evidence.ts';
import { cleanSentence } from '../../../lib/core/diagnosis/findings/clean-cell.ts';
import type { DiagnosisContext } from '../../../lib/core/diagnosis/findings/context.ts';
import type {
  Diagnosis,
  Evidence,
  FilledCommand,
  Finding,
} from '../../../lib/core/diagnosis/findings/finding.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { Command, Runbook, Step } from '../../../lib/core/runbook/runbook.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../../../lib/core/shared/time.ts';

/** The longest name in Kubernetes, and about the longest error or query. */
const LONG_NAME = 'a-name-as-long-as-kubernetes-gives-any-with-its-hash-7b6d5c9f88'.slice(0, 63);
const LONG_VALUE = 'a value as long as a server answers it, with the reason why it could not be done at all';
const ROWS = 20;
/** Limits of kept findings of the previous episode and of other incidents. */
const SHOWN = 5;
const POINTS = 120;

/** The longest possible diagnosis: every check needs attention and has found all that it may show. */
export function longestDiagnosis(
  runbook: Runbook,
  { id, seq, at, reason }: Effect,
  incidentId: string,
): Diagnosis {
  return {
    schema: 1,
    id,
    incidentId,
    seq,
    reason,
    startedAt: at,
    finishedAt: at,
    findings: runbook.diagnostics.flatMap((step) => longestFindings(step, at)),
    commands: runbook.commands.map(longestCommand),
    ...longestContext(runbook, at),
  };
}

/** An earlier episode with as many findings, and more open incidents than are shown. */
function longestContext({ alertname, diagnostics }: Runbook, at: Millis): DiagnosisContext {
  const findings = diagnostics.slice(0, SHOWN).map(({ id, title }) => ({
    stepId: id,
    title,
    sentence: cleanSentence(LONG_VALUE.repeat(9)),
  }));
  const open = { alertname, group: { name: LONG_NAME }, severity: 'critical', openedAt: at - DAY } as const;
  return {
    previousEpisode: {
      incidentId: LONG_NAME,
      openedAt: at - DAY,
      resolvedAt: at - HOUR,
      acknowledgedBy: LONG_NAME,
      findings,
      recent: { count: 99, atLeast: true },
    },
    otherIncidents: {
      incidents: Array.from({ length: SHOWN }, (_, n) => ({ id: `${LONG_NAME}.${n}`, ...open })),
      more: 99,
      atLeast: true,
    },
  };
}

/** A command with all its requirements. */
export function longestCommand({ text, command, caution }: Command): FilledCommand {
  const filled = filledWith(command, (expression) => (expression.startsWith('int(') ? '4194304' : LONG_NAME));
  return { text, command: filled, caution };
}

/** The sentence with the shortest content of its holes. */
export function shortestSentence(template: string): string {
  return filledWith(template, () => '1');
}

function longestFindings(step: Step, at: number): Finding[] {
  const { id, title, kind, forEach } = step;
  const names = forEach
    ? Array.from({ length: forEach.most }, (_, n) => `${n}${LONG_NAME.slice(1)}`)
    : [undefined];
  return names.map((name) => ({
    stepId: name === undefined ? id : `${id}:${name}`,
    title: name === undefined ? title : `${title} (${name})`,
    kind,
    verdict: 'attention',
    sentence: cleanSentence(filledWith(step.sentence, () => LONG_VALUE)),
    ...evidenceOf(step, at),
    tookMs: step.timeout,
  }));
}

function evidenceOf(step: Step, at: number): { evidence?: Evidence } {
  if (step.kind === 'promql' && step.range !== undefined) {
    const points = Array.from({ length: POINTS }, (_, n): [number, number] => [at - n * MINUTE, n]);
    return {
      evidence: { kind: 'series', points, min: 0, max: POINTS, last: POINTS, label: LONG_NAME, omitted: 9 },
    };
  }
  if (step.kind === 'kubernetes' && step.read === 'logs') {
    return { evidence: { kind: 'text', lines: Array<string>(ROWS).fill(LONG_VALUE), omitted: 99 } };
  }
  const columns = ['name', 'state', 'count', 'reason'];
  const row = { name: LONG_NAME, state: 'idle in transaction', count: 1_000_000, reason: LONG_VALUE };
  const evidence = toRowEvidence(
    columns,
    Array.from({ length: ROWS }, () => row),
    99,
  );
  return evidence ? { evidence } : {};
}

function filledWith(template: string, valueOf: (expression: string) => string): string {
  return template.replace(/\{\{(.*?)\}\}/gs, (_hole, expression: string) => valueOf(expression.trim()));
}
