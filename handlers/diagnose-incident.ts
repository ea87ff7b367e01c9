import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readDiagnoseMessage } from '../lib/core/incident/diagnose-message-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { type DiagnoseIncidentPorts, diagnoseIncident } from '../lib/flow/diagnose/diagnose-incident.ts';
import { wireDiagnoseIncident } from '../lib/wiring.ts';
import { coldStart, failToStart } from './middleware/init-once.ts';
import { withMessage } from './middleware/parse-message.ts';
import { eachRecord, type Visibility } from './middleware/process-batch.ts';

export type DiagnoseIncidentParts = { ports: DiagnoseIncidentPorts; visibility: Visibility; log: Log };

/** A failure must not block the incident's later notices: 1, 5, then 30 s. After that the fallback has it. */
export function diagnoseRetrySeconds(receiveCount: number): number {
  if (receiveCount <= 1) return 1;
  return receiveCount === 2 ? 5 : 30;
}

/** Consumer of the diagnose queue. */
export function diagnoseIncidentHandler({ ports, visibility, log }: DiagnoseIncidentParts) {
  return middy<SQSEvent, SQSBatchResponse>().handler((event) =>
    eachRecord(event, { log, visibility, afterFailure: diagnoseRetrySeconds }, (record, attempt) =>
      withMessage(
        record,
        readDiagnoseMessage(record.body),
        { log, unreadableSeconds: 0 },
        async (message) => {
          const result = await diagnoseIncident(ports, { message, attempt });
          log.info('effect worked off', {
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

export const handler = coldStart(
  async () => diagnoseIncidentHandler(await wireDiagnoseIncident()),
  failToStart,
);
