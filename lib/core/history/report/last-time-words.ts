import type { IncidentRecord } from '../history.ts';
import { secondWords } from './second-words.ts';

/** Whether this has happened before, as the diagnoses noted it; undefined for a first time. */
export function lastTimeWords({ diagnoses }: IncidentRecord): string | undefined {
  const last = diagnoses.findLast(({ lastTime }) => lastTime)?.lastTime;
  if (last === undefined) return undefined;
  const { count, atLeast } = last.recent;
  const times = count === 1 ? 'once' : `${count} times`;
  const often = count === 0 ? '' : `, ${atLeast ? 'at least ' : ''}${times} in the 30 days before`;
  return `It has happened before: last on ${secondWords(last.openedAt)}${often} (incident ${last.incidentId}).`;
}
