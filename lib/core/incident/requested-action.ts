import type { Millis } from '../shared/time.ts';

/** An action that a person asks for, on the version of the incident that the person saw. */
export type RequestedAction =
  | { kind: 'acknowledge'; incidentId: string; asOf: number }
  | { kind: 'resolve'; incidentId: string; asOf: number }
  | { kind: 'silence'; incidentId: string; asOf: number; length: Millis };
