import { spawnSync } from 'node:child_process';
import type { Diagnosis, FilledCommand } from '../../../lib/core/diagnosis/findings/finding.ts';

/** A hole, a programmer's word, a placeholder for a person to fill, a second line. */
const UNFILLED = /\{\{|<[a-zA-Z]|null|undefined|NaN|Infinity|\[object|920X|\n/;
const NO_SENTENCE = /see below|\bfound$| ,| {2}|^ | $|^.{0,5}$/;
const PROGRAM = /^(kubectl|amtool|echo) /;

/** Commands that change nothing: a log, a profile over a forwarded port, a read. */
const READING = [
  /^kubectl logs [^&|]*(\| grep -i error)?$/,
  /^kubectl port-forward [^&|]*& sleep 2; go tool pprof [^&|]*; kill \$!$/,
  /^kubectl rollout history [^&|;]*$/,
  /^kubectl exec [^&|;]* -- wget -qO- [^&|;]*$/,
  /^kubectl exec [^&|;]* -- psql [^&|;]* -c "COPY \(SELECT [^;]*\) TO STDOUT [^;]*" > [\w.-]+$/,
];
/** Programs that change something, however they are wrapped. */
const CHANGING = /pg_terminate|DELETE|REINDEX|rollout restart|set env|patch/;

/** Sentences that people should not have to read; empty when all read well. */
export function unreadableSentences({ findings }: Diagnosis): string[] {
  return findings
    .filter(({ sentence }) => UNFILLED.test(sentence) || NO_SENTENCE.test(sentence))
    .map(({ stepId, sentence }) => `${stepId}: ${sentence}`);
}

/** Commands that people should not paste, each with the reason; empty when there is none. */
export function unusableCommands({ commands }: Diagnosis): string[] {
  return commands.flatMap((each) => mistakesOf(each).map((why) => `${why}: ${each.command}`));
}

/** Every part of a diagnosis that does not read well. */
export function unreadable(diagnosis: Diagnosis): string[] {
  return [...unreadableSentences(diagnosis), ...unusableCommands(diagnosis)];
}

/** Cached by command: the same ones come again and again, and each costs a process. */
const forShell = new Map<string, boolean>();

function isForShell(command: string): boolean {
  const known = forShell.get(command) ?? spawnSync('sh', ['-n', '-c', command]).status === 0;
  forShell.set(command, known);
  return known;
}

function mistakesOf({ command, caution }: FilledCommand): string[] {
  const isUnfilled = UNFILLED.test(command.replace('/dev/null', ''));
  const mayChange = CHANGING.test(command) || !READING.some((reading) => reading.test(command));
  return [
    ...(isUnfilled ? ['not filled in'] : []),
    ...(PROGRAM.test(command) ? [] : ['of a program that nobody has']),
    ...(isForShell(command) ? [] : ['no shell takes it']),
    ...(mayChange && caution === undefined ? ['changes something without a caution'] : []),
  ];
}
