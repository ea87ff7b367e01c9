import type { IncomingMessage, ServerResponse } from 'node:http';
import { createChangeIncident } from '../../../handlers/change-incident.ts';
import { handler as showConsole } from '../../../handlers/console.ts';
import { createExportIncidents } from '../../../handlers/export-incidents.ts';
import { createListDeadLetters } from '../../../handlers/list-dead-letters.ts';
import { createListIncidents } from '../../../handlers/list-incidents.ts';
import type { HttpEvent, HttpResult } from '../../../handlers/middleware/http.ts';
import { createRedriveDeadLetters } from '../../../handlers/redrive-dead-letters.ts';
import { createReportIncident } from '../../../handlers/report-incident.ts';
import { createShowIncident } from '../../../handlers/show-incident.ts';
import { createCsvWriter } from '../../../lib/adapters/csv/csv-writer.ts';
import { writeMarkdown } from '../../../lib/adapters/markdown/write-markdown.ts';
import type { DeadLetters } from '../../../lib/core/delivery/dead-letters.ts';
import { forIncidents } from '../../../scripts/compile-runbooks.ts';
import { catalog, categories } from '../factories/catalog.ts';
import { httpEvent, lambdaContext } from '../factories/http-event.ts';
import type { MemoryWorld } from '../fakes/memory-world.ts';
import { silentLog } from '../harness/first-responder.ts';
import { serve } from './serve.ts';

export const READ_TOKEN = 'served-read-token';
export const WRITE_TOKEN = 'served-write-token';

type Route = [method: string, path: RegExp, answer: (event: HttpEvent) => Promise<HttpResult>];

/** The real handlers, the console's among them, over a world in memory, behind a real port; returns the address. `stopServing` ends it. */
export function serveApi(world: MemoryWorld, deadLetters: DeadLetters): Promise<string> {
  const access = { READ_TOKENS: [READ_TOKEN], WRITE_TOKENS: [WRITE_TOKEN] };
  const ports = {
    ...world,
    catalog: forIncidents(catalog()),
    backOff: async () => {},
    csv: createCsvWriter(),
    deadLetters,
    writeMarkdown,
  };
  const parts = { access, categories, ports, clock: world.clock, log: silentLog };
  const [list, exported, show, report, change, letters, redrive] = [
    createListIncidents(parts),
    createExportIncidents(parts),
    createShowIncident(parts),
    createReportIncident(parts),
    createChangeIncident(parts),
    createListDeadLetters(parts),
    createRedriveDeadLetters(parts),
  ];
  const routes: Route[] = [
    ['GET', /^\/incidents$/, (event) => list(event, lambdaContext)],
    ['GET', /^\/incidents\.(?:csv|jsonl)$/, (event) => exported(event, lambdaContext)],
    ['GET', /^\/incidents\/(?<id>[^/]+)$/, (event) => show(event, lambdaContext)],
    ['GET', /^\/incidents\/(?<id>[^/]+)\/report$/, (event) => report(event, lambdaContext)],
    ['POST', /^\/incidents\/(?<id>[^/]+)\/(?:acknowledge|resolve)$/, (event) => change(event, lambdaContext)],
    ['GET', /^\/dead-letters$/, (event) => letters(event, lambdaContext)],
    ['POST', /^\/dead-letters\/redrive$/, (event) => redrive(event, lambdaContext)],
    ['GET', /^\/console(?:\/.*)?$/, showConsole],
  ];

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api.example');
    const found = routes.find(([method, path]) => request.method === method && path.test(pathname));
    if (!found) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
      return;
    }
    const [method, path, answer] = found;
    const id = path.exec(pathname)?.groups?.id;
    const { statusCode, headers, body, isBase64Encoded } = await answer(
      httpEvent({
        method,
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: { authorization: request.headers.authorization ?? '' },
        body: await bodyOf(request),
        parameters: id === undefined ? undefined : { id: decodeURIComponent(id) },
      }),
    );
    response
      .writeHead(
        statusCode ?? 200,
        Object.entries(headers ?? {})
          .flat()
          .map(String),
      )
      .end(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'));
  }

  return serve((request, response) => void respond(request, response));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
