import middy from '@middy/core';
import { isMaintenanceId } from '../lib/core/maintenance/maintenance.ts';
import { readMaintenanceRequest } from '../lib/core/maintenance/request-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import {
  addMaintenance,
  endMaintenance,
  type MaintenancePorts,
} from '../lib/flow/maintenance/maintenances.ts';
import { wireChangeMaintenance } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { type HttpEvent, type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ChangeMaintenanceParts = {
  access: AccessTokens;
  ports: MaintenancePorts;
  clock: { now(): Millis };
  /** Returns a unique text. */
  unique(): string;
  log: Log;
};

/** POST /maintenance and DELETE /maintenance/{id}, for holders of a write token. */
export function createChangeMaintenance({ access, ports, clock, unique, log }: ChangeMaintenanceParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('write', access))
    .use(validateParameters({ id: { of: 'maintenance', isValid: isMaintenanceId } }))
    .use(decodeBody())
    .handler(async (event) => {
      const now = clock.now();
      const id = event.pathParameters?.['id'];
      if (id !== undefined) {
        const ended = await endMaintenance(ports, { id, now });
        if (ended === undefined)
          return toProblem(404, 'There is no maintenance with this id.', { path: 'id' });
        return toJsonResult(200, ended);
      }
      const reading = readMaintenanceRequest(event.body, now);
      if (reading.kind === 'refused') return toProblem(400, reading.reason, { path: reading.path });
      return toJsonResult(
        201,
        await addMaintenance(ports, { request: reading.request, unique: unique(), now }),
      );
    });
}

export const handler = initOnce(
  async () => createChangeMaintenance(await wireChangeMaintenance()),
  answerNotStarted,
);
