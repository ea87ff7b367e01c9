import { readDiagnoseMessage } from '../lib/core/incident/effect-schema.ts';
import { type DiagnoseIncidentPorts, diagnoseIncident } from '../lib/flow/diagnose/diagnose-incident.ts';
import { wireDiagnoseDeadLetters } from '../lib/wiring.ts';
import { type ConsumerParts, createConsumer } from './middleware/consumer.ts';
import { runUnattended } from './middleware/init-once.ts';

const LONGEST_RETRY_SECONDS = 300;

export type DiagnoseDeadLettersParts = ConsumerParts & { ports: DiagnoseIncidentPorts };

/** 5 s after the first failure, doubled each time, at most 5 min: tried until it works. */
export function getDeadLetterRetrySeconds(receiveCount: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, 5 * 2 ** Math.min(receiveCount - 1, 10));
}

/** Consumer of the diagnose queue's dead letters: the notice goes out without a diagnosis. */
export function createDiagnoseDeadLetters({ ports, ...parts }: DiagnoseDeadLettersParts) {
  return createConsumer(parts, {
    read: readDiagnoseMessage,
    // This queue has no dead letters of its own, so an unreadable message stays in it, alarmed, and out of the way.
    unreadableSeconds: 12 * 60 * 60,
    afterFailure: getDeadLetterRetrySeconds,
    handle: async (message, attempt) => {
      const { incidentId, effect } = message;
      const result = await diagnoseIncident(ports, { message, attempt, isDeadLetter: true });
      parts.log.warn('effect processed without a diagnosis', { incidentId, effectId: effect.id, ...result });
      return { kind: 'done' };
    },
  });
}

export const handler = runUnattended(wireDiagnoseDeadLetters, createDiagnoseDeadLetters);
