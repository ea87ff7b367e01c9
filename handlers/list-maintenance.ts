import middy from '@middy/core';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { listMaintenances, type MaintenancePorts } from '../lib/flow/maintenance/maintenances.ts';
import { wireChangeMaintenance } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ListMaintenanceParts = {
  access: AccessTokens;
  ports: MaintenancePorts;
  clock: { now(): Millis };
  log: Log;
};

/** GET /maintenance: planned, current and past maintenances, and what each has muted. */
export function createListMaintenance({ access, ports, clock, log }: ListMaintenanceParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .use(validateParameters())
    .handler(async () => toJsonResult(200, await listMaintenances(ports, clock.now())));
}

export const handler = initOnce(
  async () => createListMaintenance(await wireChangeMaintenance()),
  answerNotStarted,
);
