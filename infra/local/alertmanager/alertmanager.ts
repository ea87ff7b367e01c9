import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { createFiringAlerts, type FiringAlert, type FiringAlertsOptions } from './firing-alerts.ts';
import { createLocalSilences } from './local-silences.ts';

export type LocalAlertmanager = { url: string; close(): Promise<void> };

/**
 * A stand-in for the API of the Alertmanager that sent the webhooks: its active alerts are those that fire in the
 * history. It has only silences of its own, so it never contradicts a webhook, and it finds no lost resolve either.
 */
export async function startLocalAlertmanager(options: FiringAlertsOptions): Promise<LocalAlertmanager> {
  const silences = createLocalSilences(Date.now);
  const firing = createFiringAlerts(options);

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const [, path = '', id = ''] =
      /^\/api\/v2\/(alerts|silences|silence)(?:\/([^/?]+))?/.exec(request.url ?? '') ?? [];
    switch (`${request.method} ${path}`) {
      case 'GET alerts':
        return {
          status: 200,
          body: (await firing()).map((alert) => toActive(alert, silences.covering(alert.labels ?? {}))),
        };
      case 'GET silences':
        return { status: 200, body: silences.all() };
      case 'POST silences': {
        const put = silences.put(await readJson(request));
        return 'mistake' in put ? { status: 400, body: put.mistake } : { status: 200, body: put };
      }
      case 'DELETE silence':
        return silences.expire(id) ? { status: 200, body: {} } : { status: 404, body: 'silence not found' };
      default:
        return { status: 404, body: 'not found' };
    }
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : 'no answer'),
    );
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, close };
}

function toActive(alert: FiringAlert, silencedBy: string[]): Record<string, unknown> {
  const { fingerprint, startsAt, labels = {}, annotations = {}, generatorURL = '' } = alert;
  return {
    fingerprint,
    labels,
    annotations,
    generatorURL,
    startsAt,
    endsAt: startsAt,
    updatedAt: startsAt,
    // Their route is unknown: this receiver lists what was posted.
    receivers: [],
    status: { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
