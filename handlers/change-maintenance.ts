import { isMaintenanceId } from '../lib/core/maintenance/maintenance.ts';
import { readMaintenanceRequest } from '../lib/core/maintenance/request-schema.ts';
import {
  addMaintenance,
  endMaintenance,
  type MaintenancePorts,
} from '../lib/flow/maintenance/maintenances.ts';
import { wireChangeMaintenance } from '../lib/wiring.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { toJsonResult, toRefusal, toUnknownId } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { readId } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ChangeMaintenanceParts = ApiParts & {
  ports: MaintenancePorts;
  /** Returns a unique text. */
  unique(): string;
};

/** POST /maintenance and DELETE /maintenance/{id}, for holders of a write token. */
export function createChangeMaintenance({ ports, unique, ...parts }: ChangeMaintenanceParts) {
  return api(parts, {
    access: 'write',
    parameters: readId('maintenance', isMaintenanceId),
    body: decodeBody(),
    handle: async ({ id }, { event, now }) => {
      if (id !== undefined) {
        const ended = await endMaintenance(ports, { id, now });
        return ended === undefined ? toUnknownId('maintenance') : toJsonResult(200, ended);
      }
      const reading = readMaintenanceRequest(event.body, now);
      if (reading.kind === 'refused') return toRefusal(reading);
      const { request } = reading;
      return toJsonResult(201, await addMaintenance(ports, { request, unique: unique(), now }));
    },
  });
}

export const handler = serveRequests(wireChangeMaintenance, createChangeMaintenance);
