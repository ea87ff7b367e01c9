import { toSummary } from '../lib/core/history/summary.ts';
import { changeRequestSchema } from '../lib/core/incident/change-request-schema.ts';
import { isIncidentId } from '../lib/core/incident/incident.ts';
import { toListedIncident } from '../lib/flow/history/list-incidents.ts';
import {
  acknowledgeIncident,
  type ChangeIncidentPorts,
  resolveIncident,
} from '../lib/flow/incident/change-incident.ts';
import { wireChangeIncident } from '../lib/wiring.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { toJsonResult, toRefusal, toUnknownId } from './middleware/http.ts';
import { serveRequests } from './middleware/init-once.ts';
import { readId } from './middleware/parameters.ts';
import { parseJson } from './middleware/parse-json.ts';
import { type ApiParts, api } from './middleware/route.ts';

export type ChangeIncidentParts = ApiParts & { ports: ChangeIncidentPorts };

/** POST /incidents/{id}/acknowledge and /resolve, for holders of a write token. */
export function createChangeIncident({ ports, ...parts }: ChangeIncidentParts) {
  return api(parts, {
    access: 'write',
    parameters: readId('incident', isIncidentId),
    body: decodeBody(),
    handle: async ({ id = '' }, { event, now }) => {
      const request = parseJson(event.body, changeRequestSchema);
      if (request.kind === 'refused') return toRefusal(request);

      const { by, note, asOf } = request.value;
      const input = { id, by, now, note };
      const result = event.rawPath.endsWith('/resolve')
        ? await resolveIncident(ports, input)
        : await acknowledgeIncident(ports, { ...input, asOf });

      if (result.kind === 'not-found') return toUnknownId('incident');
      return toJsonResult(200, {
        outcome: result.kind,
        incident: toListedIncident(toSummary(result.incident)),
      });
    },
  });
}

export const handler = serveRequests(wireChangeIncident, createChangeIncident);
