import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

export type LocalAlertmanager = { url: string; close(): Promise<void> };

export type LocalAlertmanagerOptions = {
  /** This project's own API and a token that may read it. */
  api: string;
  readToken: string;
};

const MAX_INCIDENTS = 200;
const PATIENCE = 3_000;
const FRESH_FOR = 1_000;
const SOON = 1_000;

const listSchema = z.object({
  incidents: z.array(z.object({ id: z.string(), firing: z.number(), total: z.number() })),
});
const recordSchema = z.object({
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      status: z.string(),
      startsAt: z.string(),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
      generatorURL: z.string().optional(),
    }),
  ),
});

type ActiveAlerts = Record<string, unknown>[];

/**
 * A stand-in for the API of the Alertmanager that sent what has been delivered: it has as active what the history has
 * as firing. It knows nothing of its own, so it never contradicts a delivery, and it finds no lost resolve either.
 */
export async function startLocalAlertmanager(options: LocalAlertmanagerOptions): Promise<LocalAlertmanager> {
  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const response = await fetch(options.api + path, {
      headers: { authorization: `Bearer ${options.readToken}` },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return schema.parse(await response.json());
  }

  /** By incident and how many of its alerts fire: what has not changed since is not asked for again. */
  const known = new Map<string, z.infer<typeof recordSchema>['alerts']>();

  async function alertsOf({ id, firing, total }: { id: string; firing: number; total: number }) {
    const state = `${id} ${firing}/${total}`;
    const before = known.get(state);
    if (before) return before;
    const { alerts } = await read(`/incidents/${id}`, recordSchema);
    // Labels come a moment later than the incident.
    if (alerts.every(({ labels }) => labels !== undefined)) known.set(state, alerts);
    return alerts;
  }

  async function active(): Promise<ActiveAlerts> {
    const { incidents } = await read(`/incidents?status=open&limit=${MAX_INCIDENTS}`, listSchema);
    const all = await Promise.all(incidents.map(alertsOf));
    return all
      .flat()
      .filter(({ status }) => status === 'firing')
      .map(({ fingerprint, startsAt, labels = {}, annotations = {}, generatorURL = '' }) => ({
        fingerprint,
        labels,
        annotations,
        generatorURL,
        startsAt,
        endsAt: startsAt,
        updatedAt: startsAt,
        receivers: [{ name: 'first-responder' }],
        status: { state: 'active', silencedBy: [], inhibitedBy: [] },
      }));
  }

  let latest: { at: number; alerts: ActiveAlerts } | undefined;
  let asking: Promise<ActiveAlerts> | undefined;

  /** While the functions are busy, what was known a moment ago has to do: whoever asks gives up after seconds. */
  async function recent(): Promise<ActiveAlerts> {
    if (latest !== undefined && Date.now() - latest.at < FRESH_FOR) return latest.alerts;
    asking ??= active()
      .then((alerts) => {
        latest = { at: Date.now(), alerts };
        return alerts;
      })
      .finally(() => {
        asking = undefined;
      });
    if (latest === undefined) return asking;
    const known = latest.alerts;
    return Promise.race([asking.catch(() => known), pause(SOON, known)]);
  }

  const server = createServer((request, response) => {
    if (request.method !== 'GET' || !request.url?.startsWith('/api/v2/alerts')) {
      response.writeHead(404).end('not found');
      return;
    }
    recent().then(
      (alerts) => response.setHeader('content-type', 'application/json').end(JSON.stringify(alerts)),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : 'no answer'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
