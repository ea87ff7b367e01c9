import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readDiagnoseMessage } from '../lib/core/incident/diagnose-message-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { type DiagnoseIncidentPorts, diagnoseIncident } from '../lib/flow/diagnose/diagnose-incident.ts';
import { wireDiagnoseDeadLetters } from '../lib/wiring.ts';
import { initOnce, rethrowInitError } from './middleware/init-once.ts';
import { parseMessage } from './middleware/parse-message.ts';
import { processBatch, type Visibility } from './middleware/process-batch.ts';

/** This queue has no dead letters of its own, so an unreadable message stays in it, alarmed, and out of the way. */
const UNREADABLE_AGAIN_SECONDS = 12 * 60 * 60;
const LONGEST_RETRY_SECONDS = 300;

export type DiagnoseDeadLettersParts = { ports: DiagnoseIncidentPorts; visibility: Visibility; log: Log };

/** 5 s after the first failure, doubled each time, at most 5 min: tried until it works. */
export function getDeadLetterRetrySeconds(receiveCount: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, 5 * 2 ** Math.min(receiveCount - 1, 10));
}

/** Consumer of the diagnose queue's dead letters: the notice goes out without a diagnosis. */
export function createDiagnoseDeadLetters({ ports, visibility, log }: DiagnoseDeadLettersParts) {
  const reading = { log, unreadableSeconds: UNREADABLE_AGAIN_SECONDS };
  return middy<SQSEvent, SQSBatchResponse>().handler((event) =>
    processBatch(event, { log, visibility, afterFailure: getDeadLetterRetrySeconds }, (record, attempt) =>
      parseMessage(record, readDiagnoseMessage(record.body), reading, async (message) => {
        const { incidentId, effect } = message;
        const result = await diagnoseIncident(ports, { message, attempt, isDeadLetter: true });
        log.warn('effect processed without a diagnosis', { incidentId, effectId: effect.id, ...result });
        return { kind: 'done' };
      }),
    ),
  );
}

export const handler = initOnce(
  async () => createDiagnoseDeadLetters(await wireDiagnoseDeadLetters()),
  rethrowInitError,
);
