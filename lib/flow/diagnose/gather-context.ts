import { selectOtherIncidents } from '../../core/diagnosis/context/other-incidents.ts';
import {
  describePreviousEpisode,
  selectUrgentDiagnoses,
} from '../../core/diagnosis/context/previous-episode.ts';
import type { DiagnosisContext } from '../../core/diagnosis/findings/context.ts';
import type { Diagnosis } from '../../core/diagnosis/findings/finding.ts';
import type { DiagnosisClock } from '../../core/diagnosis/run-diagnosis.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';

/** Well within the deadline of any diagnosis: these are reads of a few milliseconds, and worth no wait. */
const TIMEOUT: Millis = 1_500;
const MAX_EPISODES = 20;
const MAX_OPEN = 1_000;

export type GatherContextPorts = {
  history: Pick<IncidentHistory, 'earlier' | 'diagnosisSummaries' | 'diagnoses' | 'open'>;
  clock: DiagnosisClock;
  log: Log;
};

/**
 * What is known around an incident: its last episode, and what else is open at its source. Never throws, and never takes
 * longer than its timeout; what has not come by then is named instead.
 */
export async function gatherContext(
  ports: GatherContextPorts,
  incident: Incident,
): Promise<DiagnosisContext> {
  const stop = new AbortController();
  const late = ports.clock.after(TIMEOUT, stop.signal).then(() => 'late' as const);

  /** `undefined` when it did not come in time. */
  async function inTime<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    let why = 'no answer in time';
    try {
      const first = await Promise.race([read(), late]);
      if (first !== 'late') return first;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    ports.log.warn('something is left out of a diagnosis', { incidentId: incident.id, what, error: why });
    return undefined;
  }

  async function previousEpisode(): Promise<DiagnosisContext> {
    const earlier = await inTime('earlier episodes', () => ports.history.earlier(incident.id, MAX_EPISODES));
    if (earlier === undefined) return { unread: ['earlier episodes'] };
    const [previous] = earlier.incidents;
    if (previous === undefined) return {};
    // When it was and how long it took is worth saying even when nobody knows any more what was found.
    const diagnoses = await inTime('what was found then', () => urgentOf(previous.id));
    const known = describePreviousEpisode(earlier, diagnoses ?? [], ports.clock.now());
    return known === undefined ? {} : { previousEpisode: known };
  }

  async function urgentOf(incidentId: string): Promise<Diagnosis[]> {
    const needed = selectUrgentDiagnoses(await ports.history.diagnosisSummaries(incidentId));
    return ports.history.diagnoses(incidentId, needed);
  }

  async function others(): Promise<DiagnosisContext> {
    const open = await inTime('other open incidents', () => ports.history.open(incident.source, MAX_OPEN));
    return open === undefined
      ? { unread: ['other open incidents'] }
      : { otherIncidents: selectOtherIncidents(open, incident.id) };
  }

  const [before, beside] = await Promise.all([previousEpisode(), others()]);
  stop.abort();
  const unread = [...(before.unread ?? []), ...(beside.unread ?? [])];
  return { ...before, ...beside, ...(unread.length === 0 ? {} : { unread }) };
}
