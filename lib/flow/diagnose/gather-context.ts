import { selectOtherIncidents } from '../../core/diagnosis/context/other-incidents.ts';
import {
  chooseUrgentFindings,
  describePreviousEpisode,
  fillUrgentFindings,
} from '../../core/diagnosis/context/previous-episode.ts';
import type { DiagnosisContext, PreviousEpisode } from '../../core/diagnosis/findings/context.ts';
import type { DiagnosisClock } from '../../core/diagnosis/run-check.ts';
import type { IncidentHistory } from '../../core/history/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Log } from '../../core/shared/log.ts';
import type { Millis } from '../../core/shared/time.ts';

/** Well within the deadline of any diagnosis: these reads take milliseconds and are not worth a wait. */
const TIMEOUT: Millis = 1_500;
const MAX_EPISODES = 20;
const MAX_OPEN = 1_000;

export type GatherContextPorts = {
  history: Pick<IncidentHistory, 'earlier' | 'diagnosisSummaries' | 'diagnoses' | 'open'>;
  clock: DiagnosisClock;
  log: Log;
};

/**
 * Reads an incident's context: its previous episode, and the other open incidents of its source. Never throws
 * and never exceeds its timeout. Names the parts that could not be read.
 */
export async function gatherContext(
  ports: GatherContextPorts,
  incident: Incident,
): Promise<DiagnosisContext> {
  const stop = new AbortController();
  const late = ports.clock.after(TIMEOUT, stop.signal).then(() => 'late' as const);

  /** `undefined` if the read failed or was too slow. */
  async function inTime<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    let why = 'no answer in time';
    try {
      const first = await Promise.race([read(), late]);
      if (first !== 'late') return first;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    ports.log.warn('a part of a diagnosis could not be read', { incidentId: incident.id, what, error: why });
    return undefined;
  }

  async function previousEpisode(): Promise<DiagnosisContext> {
    const earlier = await inTime('earlier episodes', () => ports.history.earlier(incident.id, MAX_EPISODES));
    if (earlier === undefined) return { unread: ['earlier episodes'] };
    const [previous] = earlier.incidents;
    if (previous === undefined) return {};
    // Its time and duration are worth showing even without its findings.
    const findings = await inTime('what was found then', () => readUrgent(previous.id));
    const known = describePreviousEpisode(earlier, findings ?? [], ports.clock.now());
    return { previousEpisode: known };
  }

  async function readUrgent(incidentId: string): Promise<PreviousEpisode['findings']> {
    const chosen = chooseUrgentFindings(await ports.history.diagnosisSummaries(incidentId));
    const ids = [...new Set(chosen.map(({ diagnosisId }) => diagnosisId))];
    return fillUrgentFindings(chosen, await ports.history.diagnoses(incidentId, ids));
  }

  async function others(): Promise<DiagnosisContext> {
    const open = await inTime('other open incidents', () => ports.history.open(incident.source, MAX_OPEN));
    return open === undefined
      ? { unread: ['other open incidents'] }
      : { otherIncidents: selectOtherIncidents(open, incident.id) };
  }

  const [before, around] = await Promise.all([previousEpisode(), others()]);
  stop.abort();
  const unread = [...(before.unread ?? []), ...(around.unread ?? [])];
  return { ...before, ...around, ...(unread.length === 0 ? {} : { unread }) };
}
