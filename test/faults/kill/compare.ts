import { toStormFacts } from './storm-facts.ts';
import type { Flow, Outcome, Strike } from './strike.ts';

/** Longest delay of a message by one fault: a dead run's claim, then the next minute of the queue. */
const MINUTES_LATE = 2;

/**
 * What is wrong with a world that met a fault, compared with the same one without: a message that nobody got, that came
 * twice, or too late; a root that shows another state; a history that says something else. Empty: nothing.
 */
export function findDifferences(all: Outcome, met: Outcome, strike: Strike, flow: Flow): string[] {
  const seen = (outcome: Outcome) => {
    const known = mayLackEvidence(strike, met, flow) ? withoutEvidence(outcome) : outcome;
    return flow.storm === true ? toStormFacts(known) : known;
  };
  const clean = seen(all);
  const struck = seen(met);
  const lines = [
    ...compareNotified(clean, struck, strike),
    ...compareLines('a root', clean.roots, struck.roots),
    ...compareHistory(clean.history, struck.history),
    ...checkAnswer(clean, struck),
  ];
  const where = strike === undefined || strike.kind === 'twice' ? '' : ` ${strike.moment} ${struck.struck}`;
  return lines
    .map((line) => `${strike?.kind}${where}: ${line}`)
    .filter((line) => flow.mayDiffer?.test(line) !== true);
}

/** Words that a notice has from the history of its diagnoses and from the details of its alerts. */
const FROM_EVIDENCE =
  / \(\w+, … \+\d+\)|,? ?(?:- )?\d+ findings? still needs? attention|^.* reply: All that is known: .*$/g;

/** Truth comes in the order of docs/architecture.md: a page does not wait for evidence that cannot be read. */
function withoutEvidence(outcome: Outcome): Outcome {
  const strip = (line: string) => line.replace(FROM_EVIDENCE, '').replaceAll(' :', ':').replace('[, ', '[');
  return {
    ...outcome,
    notified: outcome.notified
      .map(({ minute, line }) => ({ minute, line: strip(line) }))
      .filter(({ line }) => line !== ''),
    roots: outcome.roots.map(strip),
    inFlight: outcome.inFlight.map(strip),
  };
}

function mayLackEvidence(strike: Strike, { struck }: Outcome, { checks }: Flow): boolean {
  if (checks === true) return true;
  return strike?.kind === 'fail' && /^history\.(?:diagnos\w+|details)$/.test(struck ?? '');
}

function compareNotified(clean: Outcome, struck: Outcome, strike: Strike): string[] {
  const found: string[] = [];
  const lines = new Set([...clean.notified, ...struck.notified].map(({ line }) => line));
  for (const line of lines) {
    const wanted = clean.notified.filter((each) => each.line === line);
    const got = struck.notified.filter((each) => each.line === line);
    const repeats = mayRepeat(line, struck, strike) ? 1 : 0;
    if (got.length < wanted.length) found.push(`not notified: ${line}`);
    if (got.length > wanted.length + repeats) found.push(`notified ${got.length} times: ${line}`);
    for (const [at, { minute }] of wanted.entries()) {
      const late = (got[at]?.minute ?? minute) - minute;
      if (late > MINUTES_LATE) found.push(`notified ${late} min late: ${line}`);
    }
  }
  return found;
}

/** The one message in flight, when its process dies or its answer is lost. */
function mayRepeat(line: string, { inFlight, struck }: Outcome, strike: Strike): boolean {
  if (strike === undefined || strike.kind === 'twice') return false;
  if (strike.kind === 'kill') return inFlight.includes(line);
  const isSend = /^(?:slack|mail|webhook)\./.test(struck ?? '');
  return isSend && strike.moment === 'after' && inFlight.includes(line);
}

function compareLines(what: string, wanted: string[], got: string[]): string[] {
  const missing = withoutOnce(wanted, got).map((line) => `${what} lacks: ${line}`);
  const added = withoutOnce(got, wanted).map((line) => `${what} adds: ${line}`);
  return [...missing, ...added];
}

/** The entries of one list that the other does not have, each as often as it is missing. */
function withoutOnce(list: string[], other: string[]): string[] {
  const left = [...other];
  return list.filter((entry) => {
    const at = left.indexOf(entry);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/**
 * Each delivery is recorded. How it came to pass may differ: by a message, by a digest, or as superseded by one that
 * says the same or more, as a repeat finds it whose first attempt died before its record.
 */
function compareHistory(wanted: string[], got: string[]): string[] {
  const notified = (lines: string[]) =>
    lines.filter((line) => !line.endsWith(' superseded')).map(withoutOutcomes);
  const missing = withoutOnce(notified(wanted), got.map(withoutOutcomes));
  const added = withoutOnce(notified(got), wanted.map(withoutOutcomes));
  return [
    ...missing.map((line) => `the history lacks: ${line}`),
    ...added.map((line) => `the history adds: ${line}`),
  ];
}

function withoutOutcomes(line: string): string {
  return line.replace(/^(\S+ delivery \S+ \S+) \S+$/, '$1');
}

/** Whoever asked got an answer in the end, and success only once. */
function checkAnswer(clean: Outcome, struck: Outcome): string[] {
  const wanted = clean.statuses.at(-1);
  const got = struck.statuses.at(-1);
  return wanted === got ? [] : [`answered ${struck.statuses.join(', ')} instead of ${wanted}`];
}
