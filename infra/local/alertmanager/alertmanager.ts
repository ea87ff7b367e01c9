import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { mapBounded } from '../../../lib/flow/shared/map-bounded.ts';
import { listenOnLoopback } from '../stack/listen-on-loopback.ts';
import { createLocalSilences } from './local-silences.ts';

export type LocalAlertmanager = { url: string; close(): Promise<void> };

export type LocalAlertmanagerOptions = {
  /** This project's own API and a token that may read it. */
  api: string;
  readToken: string;
};

const MAX_INCIDENTS = 200;
/** Limit of parallel requests, because each starts a function: a storm would start as many as incidents. */
const AT_ONCE = 2;
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

type FiringAlerts = z.infer<typeof recordSchema>['alerts'];

/**
 * A stand-in for the API of the Alertmanager that sent the webhooks: its active alerts are those that fire in the
 * history. It has only silences of its own, so it never contradicts a webhook, and it finds no lost resolve either.
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

  const silences = createLocalSilences(Date.now);
  /** Details by incident and number of firing alerts: an unchanged incident is not read again. */
  const known = new Map<string, z.infer<typeof recordSchema>['alerts']>();

  async function alertsOf({ id, firing, total }: { id: string; firing: number; total: number }) {
    const state = `${id} ${firing}/${total}`;
    const before = known.get(state);
    if (before) return before;
    const { alerts } = await read(`/incidents/${id}`, recordSchema);
    // Labels are stored a moment later than the incident.
    if (alerts.every(({ labels }) => labels !== undefined)) known.set(state, alerts);
    return alerts;
  }

  async function firing(): Promise<FiringAlerts> {
    const { incidents } = await read(`/incidents?status=open&limit=${MAX_INCIDENTS}`, listSchema);
    const all = await mapBounded(incidents, AT_ONCE, alertsOf);
    return all.flatMap((each) => {
      // A list without the failed ones would say that they are gone.
      if (each.status === 'rejected') throw each.reason;
      return each.value.filter(({ status }) => status === 'firing');
    });
  }

  async function active(): Promise<Record<string, unknown>[]> {
    const alerts = await recent();
    return alerts.map(({ fingerprint, startsAt, labels = {}, annotations = {}, generatorURL = '' }) => ({
      fingerprint,
      labels,
      annotations,
      generatorURL,
      startsAt,
      endsAt: startsAt,
      updatedAt: startsAt,
      // Their route is unknown: this receiver lists what was posted.
      receivers: [],
      status: statusOf(silences.covering(labels)),
    }));
  }

  let latest: { at: number; alerts: FiringAlerts } | undefined;
  let asking: Promise<FiringAlerts> | undefined;

  /** While the functions are busy, the last known state must do: callers give up after seconds. */
  async function recent(): Promise<FiringAlerts> {
    if (latest !== undefined && Date.now() - latest.at < FRESH_FOR) return latest.alerts;
    asking ??= firing()
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

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const [, path = '', id = ''] =
      /^\/api\/v2\/(alerts|silences|silence)(?:\/([^/?]+))?/.exec(request.url ?? '') ?? [];
    switch (`${request.method} ${path}`) {
      case 'GET alerts':
        return { status: 200, body: await active() };
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

function statusOf(silencedBy: string[]) {
  return { state: silencedBy.length > 0 ? 'suppressed' : 'active', silencedBy, inhibitedBy: [] };
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
