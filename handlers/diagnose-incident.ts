import { readDiagnoseMessage } from '../lib/core/incident/effect-schema.ts';
import { type DiagnoseIncidentPorts, diagnoseIncident } from '../lib/flow/diagnose/diagnose-incident.ts';
import { wireDiagnoseIncident } from '../lib/wiring.ts';
import { type ConsumerParts, createConsumer } from './middleware/consumer.ts';
import { runUnattended } from './middleware/init-once.ts';

export type DiagnoseIncidentParts = ConsumerParts & { ports: DiagnoseIncidentPorts };

/** A failure must not block the incident's later notices: 1, 5, then 30 s, then diagnose-dead-letters. */
export function getDiagnoseRetrySeconds(receiveCount: number): number {
  if (receiveCount <= 1) return 1;
  return receiveCount === 2 ? 5 : 30;
}

/** Consumer of the diagnose queue. */
export function createDiagnoseIncident({ ports, ...parts }: DiagnoseIncidentParts) {
  return createConsumer(parts, {
    read: readDiagnoseMessage,
    unreadableSeconds: 0,
    afterFailure: getDiagnoseRetrySeconds,
    handle: async (message, attempt) => {
      const { incidentId, effect } = message;
      const result = await diagnoseIncident(ports, { message, attempt });
      parts.log.info('effect processed', { incidentId, effectId: effect.id, ...result });
      return { kind: 'done' };
    },
  });
}

export const handler = runUnattended(wireDiagnoseIncident, createDiagnoseIncident);
