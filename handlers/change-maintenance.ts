import middy from '@middy/core';
import { isMaintenanceId } from '../lib/core/maintenance/maintenance.ts';
import { readMaintenanceRequest } from '../lib/core/maintenance/request-schema.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { addMaintenance, endMaintenance, type MaintainPorts } from '../lib/flow/maintenance/maintenances.ts';
import { wireMaintain } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { type HttpEvent, type HttpResult, json, problem } from './middleware/http.ts';
import { coldStart } from './middleware/init-once.ts';
import { notStarted } from './middleware/not-started.ts';
import { checkAddress } from './middleware/validate-parameters.ts';

export type MaintainParts = {
  access: AccessTokens;
  ports: MaintainPorts;
  clock: { now(): Millis };
  /** A text that nobody else makes. */
  unique(): string;
  log: Log;
};

/** POST /maintenance and DELETE /maintenance/{id}, for holders of a write token. */
export function maintainHandler({ access, ports, clock, unique, log }: MaintainParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('write', access))
    .use(checkAddress({ id: isMaintenanceId }))
    .use(decodeBody())
    .handler(async (event) => {
      const now = clock.now();
      const id = event.pathParameters?.['id'];
      if (id !== undefined) {
        const ended = await endMaintenance(ports, { id, now });
        if (ended === undefined) return problem(404, 'There is no maintenance with this id.', { path: 'id' });
        return json(200, ended);
      }
      const reading = readMaintenanceRequest(event.body, now);
      if (reading.kind === 'refused') return problem(400, reading.reason, { path: reading.path });
      return json(201, await addMaintenance(ports, { request: reading.request, unique: unique(), now }));
    });
}

export const handler = coldStart(async () => maintainHandler(await wireMaintain()), notStarted);
