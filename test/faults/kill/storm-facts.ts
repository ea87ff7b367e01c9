import type { Outcome } from './strike.ts';

/**
 * An outcome in which it does not matter whether a place heard of a warning by a message of its own or by a line of a
 * digest: that depends on the minute in which a delayed message comes. It matters that each place names each incident,
 * once, and that a storm ends. Critical pages stay as they were notified.
 */
export function toStormFacts(outcome: Outcome): Outcome {
  const lines = outcome.notified.map(({ line }) => line);
  const notified = outcome.notified.filter(
    ({ line }, at) => !isDigest(line) && (!isWarning(line) || lines.indexOf(line) < at),
  );
  const mails = lines.filter((line) => line.startsWith('mail')).flatMap(listNames);
  const shown = outcome.roots.flatMap((root) => listNames(root).map((name) => `${placeOf(root)} ${name}`));
  return { ...outcome, notified, roots: [...new Set([...shown, ...mails.map((name) => `mail ${name}`)])] };
}

const isDigest = (line: string) => /: (?:STORM|\[STORM)/.test(line);
const isWarning = (line: string) => /: (?:WARNING|\[WARNING\])/.test(line);
const placeOf = (root: string) => root.split(':')[0] ?? '';

/** Names of the incidents in a line, and whether its storm goes on. */
function listNames(line: string): string[] {
  if (!isDigest(line))
    return line.match(/(?<=: (?:WARNING |CRITICAL |\[[A-Z]+\] )(?:\[[^\]]*\] )*)\w+/) ?? [];
  const names = line.match(/\w+(?= ×\d)/g) ?? [];
  return /: STORM (?!OVER)/.test(line) ? [...names, 'in a storm that goes on'] : names;
}
