import type { IncidentHistory } from '../../core/history/history.ts';
import { planSilence } from '../../core/incident/plan-silence.ts';
import type { RequestedAction } from '../../core/incident/requested-action.ts';
import type { Silencer } from '../../core/incident/silencer.ts';
import { isFiring, isOnlyGrafanas } from '../../core/incident/status.ts';
import { actionReplies } from '../../core/notice/document/action-replies.ts';
import type { Line } from '../../core/notice/document/document-types.ts';
import type { Millis } from '../../core/shared/time.ts';
import { type ChangeIncidentPorts, recordSilence } from './change-incident.ts';

export type SilenceIncidentPorts = ChangeIncidentPorts & {
  history: Pick<IncidentHistory, 'details'>;
  /** Absent: no Alertmanager is configured. */
  silencer?: Silencer;
  publicUrl?: string;
  /** A signal that aborts after `ms` milliseconds. */
  abortAfter(ms: number): AbortSignal;
};

/** The person gets no reply after 3 s; the read before and the write after need their share. */
const SILENCE_WITHIN: Millis = 1_300;

/**
 * Silences in the source's Alertmanager the alerts that the person saw firing, then records that in the
 * timeline. After a crash between the two, repeating the action finds the silence and records it.
 */
export async function silenceIncident(
  ports: SilenceIncidentPorts,
  { action, by, now }: { action: Extract<RequestedAction, { kind: 'silence' }>; by: string; now: Millis },
): Promise<Line> {
  const { incidentId, asOf, length } = action;
  const [incident, details] = await Promise.all([
    ports.incidents.get(incidentId),
    ports.history.details(incidentId),
  ]);
  if (incident === undefined) return actionReplies.unknownIncident();
  if (!isFiring(incident)) return actionReplies.overAlready(incident, by, now);
  if (isOnlyGrafanas(incident)) {
    return actionReplies.notSilenced('Grafana sent it, so it has to be silenced in Grafana');
  }
  if (ports.silencer === undefined) return actionReplies.notSilenced('ALERTMANAGER_URL is not set');
  const plan = planSilence(incident, details, asOf);
  if (plan.kind === 'grown') return actionReplies.changedMeanwhile(plan.changes);
  if (plan.kind === 'nothing-to-match') return actionReplies.notSilenced('no label singles it out');

  const { matchers, covered, firing } = plan;
  const outcome = await ports.silencer.silence(
    incident.source,
    { incidentId, matchers, by, now, until: now + length, comment: createComment(ports, incidentId) },
    { timeoutMs: SILENCE_WITHIN, signal: ports.abortAfter(SILENCE_WITHIN) },
  );
  if (outcome.kind === 'failed') return actionReplies.notSilenced(outcome.reason);

  const { id: silenceId, until } = outcome;
  const author = outcome.kind === 'existing' ? outcome.by : by;
  await recordSilence(ports, { id: incidentId, silenceId, by: author, until, covered, firing, now });
  if (outcome.kind === 'existing') return actionReplies.silencedBefore(until, outcome.by, by);
  return actionReplies.silencedNow({
    until,
    extended: outcome.kind === 'extended',
    covered,
    firing,
    matchers,
  });
}

function createComment({ publicUrl }: SilenceIncidentPorts, incidentId: string): string {
  const link =
    publicUrl === undefined ? '' : ` ${publicUrl}/console/incidents/${encodeURIComponent(incidentId)}`;
  return `first-responder incident ${incidentId}${link}`;
}
