import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { mapBounded } from '../../../lib/flow/shared/map-bounded.ts';

export type FiringAlertsOptions = {
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

export type FiringAlert = FiringAlerts[number];
type FiringAlerts = z.infer<typeof recordSchema>['alerts'];

/**
 * The alerts that fire in the history, from an answer of the last second. While the functions are busy, the last
 * known state must do: callers give up after seconds.
 */
export function createFiringAlerts(options: FiringAlertsOptions): () => Promise<FiringAlerts> {
  const read = createReadFiring(options);
  let latest: { at: number; alerts: FiringAlerts } | undefined;
  let asking: Promise<FiringAlerts> | undefined;

  return async () => {
    if (latest !== undefined && Date.now() - latest.at < FRESH_FOR) return latest.alerts;
    asking ??= read()
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
  };
}

function createReadFiring(options: FiringAlertsOptions): () => Promise<FiringAlerts> {
  /** Details by incident and number of firing alerts: an unchanged incident is not read again. */
  const known = new Map<string, FiringAlerts>();

  async function alertsOf({ id, firing, total }: { id: string; firing: number; total: number }) {
    const state = `${id} ${firing}/${total}`;
    const before = known.get(state);
    if (before) return before;
    const { alerts } = await readApi(options, `/incidents/${id}`, recordSchema);
    // Labels are stored a moment later than the incident.
    if (alerts.every(({ labels }) => labels !== undefined)) known.set(state, alerts);
    return alerts;
  }

  return async () => {
    const { incidents } = await readApi(options, `/incidents?status=open&limit=${MAX_INCIDENTS}`, listSchema);
    const all = await mapBounded(incidents, AT_ONCE, alertsOf);
    return all.flatMap((each) => {
      // A list without the failed ones would say that they are gone.
      if (each.status === 'rejected') throw each.reason;
      return each.value.filter(({ status }) => status === 'firing');
    });
  };
}

async function readApi<T>(
  { api, readToken }: FiringAlertsOptions,
  path: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const response = await fetch(api + path, {
    headers: { authorization: `Bearer ${readToken}` },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return schema.parse(await response.json());
}
