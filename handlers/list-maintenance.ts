import middy from '@middy/core';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { listMaintenances, type MaintainPorts } from '../lib/flow/maintenance/maintenances.ts';
import { wireMaintain } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, json } from './middleware/http.ts';
import { coldStart } from './middleware/init-once.ts';
import { notStarted } from './middleware/not-started.ts';
import { checkAddress } from './middleware/validate-parameters.ts';

export type ListMaintenanceParts = {
  access: AccessTokens;
  ports: MaintainPorts;
  clock: { now(): Millis };
  log: Log;
};

/** GET /maintenance: what is planned, what mutes now and what it has muted, and what is over. */
export function listMaintenanceHandler({ access, ports, clock, log }: ListMaintenanceParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .use(checkAddress())
    .handler(async () => json(200, await listMaintenances(ports, clock.now())));
}

export const handler = coldStart(async () => listMaintenanceHandler(await wireMaintain()), notStarted);
