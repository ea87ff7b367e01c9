import middy from '@middy/core';
import type { IncidentHistory } from '../lib/core/history/history.ts';
import { isIncidentId } from '../lib/core/incident/incident.ts';
import type { RunbookCatalog } from '../lib/core/runbook/runbook.ts';
import type { Log } from '../lib/core/shared/log.ts';
import { showIncident } from '../lib/flow/history/show-incident.ts';
import { wireShowIncident } from '../lib/wiring.ts';
import { type AccessTokens, authorize } from './middleware/authorize.ts';
import { catchErrors } from './middleware/catch-errors.ts';
import { type HttpEvent, type HttpResult, toJsonResult, toProblem } from './middleware/http.ts';
import { initOnce } from './middleware/init-once.ts';
import { answerNotStarted } from './middleware/not-started.ts';
import { validateParameters } from './middleware/validate-parameters.ts';

export type ShowIncidentParts = {
  access: AccessTokens;
  ports: { history: Pick<IncidentHistory, 'record'>; catalog: RunbookCatalog };
  log: Log;
};

/** GET /incidents/{id}, for holders of a read or write token. */
export function createShowIncident({ access, ports, log }: ShowIncidentParts) {
  return middy<HttpEvent, HttpResult>()
    .use(catchErrors(log))
    .use(authorize('read', access))
    .use(validateParameters({ id: { of: 'incident', isValid: isIncidentId } }))
    .handler(async (event) => {
      const shown = await showIncident(ports, event.pathParameters?.id ?? '');
      if (shown === undefined) return toProblem(404, 'There is no incident with this id.', { path: 'id' });
      return toJsonResult(200, shown);
    });
}

export const handler = initOnce(async () => createShowIncident(await wireShowIncident()), answerNotStarted);
