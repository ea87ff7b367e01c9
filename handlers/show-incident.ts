import type { IncidentHistory } from '../lib/core/history/history.ts';
import { isIncidentId } from '../lib/core/incident/incident.ts';
import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import { showIncident } from '../lib/flow/history/show-incident.ts';
import { wireShowIncident } from '../lib/wiring.ts';
import { toJsonResult, toUnknownId } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { readId } from './middleware/parameters.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ShowIncidentParts = ApiParts & {
  ports: { history: Pick<IncidentHistory, 'record'>; catalog: RunbookCatalog };
};

/** GET /incidents/{id}, for holders of a read or write token. */
export function createShowIncident({ ports, ...parts }: ShowIncidentParts) {
  return api(parts, {
    access: 'read',
    parameters: readId('incident', isIncidentId),
    handle: async ({ id = '' }) => {
      const shown = await showIncident(ports, id);
      return shown === undefined ? toUnknownId('incident') : toJsonResult(200, shown);
    },
  });
}

export const handler = serveRequests(wireShowIncident, createShowIncident);
