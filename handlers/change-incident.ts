import middy from '@middy/core';
import { toSummary } from '../lib/core/history/summary.ts';
import { changeRequestSchema } from '../lib/core/incident/change-request-schema.ts';
import { isIncidentId } from '../lib/core/incident/incident.ts';
import type { Log } from '../lib/core/shared/log.ts';
import type { Millis } from '../lib/core/shared/time.ts';
import { toListedIncident } from '../lib/flow/history/list-incidents.ts';
import {
  acknowledgeIncident,
  type ChangeIncidentPorts,
  resolveIncident,
} from '../lib/flow/incident/change-incident.ts';
import { wireChangeIncident } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { decodeBody } from './middleware/decode-body.ts';
import { type HttpEvent, type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { parseJson } from './middleware/parse-json.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ChangeIncidentParts = {
  access: AccessTokens;
  ports: ChangeIncidentPorts;
  clock: { now(): Millis };
  log: Log;
};

/** POST /incidents/{id}/acknowledge and /resolve, for holders of a write token. */
export function createChangeIncident({ access, ports, clock, log }: ChangeIncidentParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('write', access))
    .use(validateParameters({ id: { of: 'incident', isValid: isIncidentId } }))
    .use(decodeBody())
    .handler(async (event) => {
      const request = parseJson(event.body, changeRequestSchema);
      if (request.kind === 'invalid') return toProblem(400, request.detail, { path: request.path });

      const id = event.pathParameters?.id ?? '';
      const { by, note, asOf } = request.value;
      const input = { id, by, now: clock.now(), note };
      const result = event.rawPath.endsWith('/resolve')
        ? await resolveIncident(ports, input)
        : await acknowledgeIncident(ports, { ...input, asOf });

      if (result.kind === 'not-found')
        return toProblem(404, 'There is no incident with this id.', { path: 'id' });
      return toJsonResult(200, {
        outcome: result.kind,
        incident: toListedIncident(toSummary(result.incident)),
      });
    });
}

export const handler = initOnce(
  async () => createChangeIncident(await wireChangeIncident()),
  answerNotStarted,
);
