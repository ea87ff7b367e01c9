import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readDiagnoseMessage } from '../lib/core/incident/diagnose-message-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { type DiagnoseIncidentPorts, diagnoseIncident } from '../lib/flow/diagnose/diagnose-incident.ts';
import { wireDiagnoseIncident } from '../lib/wiring.ts';
import { initOnce, rethrowInitError } from './middleware/init-once.ts';
import { parseMessage } from './middleware/parse-message.ts';
import { processBatch, type Visibility } from './middleware/process-batch.ts';

export type DiagnoseIncidentParts = { ports: DiagnoseIncidentPorts; visibility: Visibility; log: Log };

/** A failure must not block the incident's later notices: 1, 5, then 30 s, then diagnose-dead-letters. */
export function getDiagnoseRetrySeconds(receiveCount: number): number {
  if (receiveCount <= 1) return 1;
  return receiveCount === 2 ? 5 : 30;
}

/** Consumer of the diagnose queue. */
export function createDiagnoseIncident({ ports, visibility, log }: DiagnoseIncidentParts) {
  return middy<SQSEvent, SQSBatchResponse>().handler((event) =>
    processBatch(event, { log, visibility, afterFailure: getDiagnoseRetrySeconds }, (record, attempt) =>
      parseMessage(
        record,
        readDiagnoseMessage(record.body),
        { log, unreadableSeconds: 0 },
        async (message) => {
          const result = await diagnoseIncident(ports, { message, attempt });
          log.info('effect processed', {
            incidentId: message.incidentId,
            effectId: message.effect.id,
            ...result,
          });
          return { kind: 'done' };
        },
      ),
    ),
  );
}

export const handler = initOnce(
  async () => createDiagnoseIncident(await wireDiagnoseIncident()),
  rethrowInitError,
);
