import { listMaintenances, type MaintenancePorts } from '../lib/flow/maintenance/maintenances.ts';
import { wireChangeMaintenance } from '../lib/wiring.ts';
import { toJsonResult } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { refuseParameters } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ListMaintenanceParts = ApiParts & { ports: MaintenancePorts };

/** GET /maintenance: planned, current and past maintenances, and what each has muted. */
export function createListMaintenance({ ports, ...parts }: ListMaintenanceParts) {
  return api(parts, {
    access: 'read',
    parameters: refuseParameters,
    handle: async (_, { now }) => toJsonResult(200, await listMaintenances(ports, now)),
  });
}

export const handler = serveRequests(wireChangeMaintenance, createListMaintenance);
