import type { Millis } from '../../shared/time.ts';
import type { Incident, Resolution } from '../incident.ts';
import { noteEnds } from './severity.ts';

/** Ends an episode and everything that waited for it to go on firing. Flapping outlives a resolve. */
export function endEpisode(incident: Incident, resolution: Resolution, now: Millis): void {
  incident.status = 'resolved';
  incident.resolution = resolution;
  incident.resolvedAt = now;
  noteEnds(incident, undefined, now);
  for (const field of [
    'doubtSince',
    'pausedSince',
    'truncation',
    'missingRoundAt',
    'pageDueAt',
    'pageDueReason',
  ] as const) {
    delete incident[field];
  }
}
