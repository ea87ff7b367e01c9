import type { AxiosInstance } from 'axios';
import type {
  SilenceMatcher,
  SilenceOutcome,
  SilenceRequest,
  Silencer,
} from '../../core/incident/silencer.ts';
import type { Millis } from '../../core/shared/time.ts';
import {
  type AlertmanagerUrls,
  createAlertmanagerClient,
  describeRequestFailure,
  findUrls,
} from './alertmanager-client.ts';

/** Room for years of silences, ended ones included. */
const MAX_ANSWER = 20_000_000;
/** Two Slack actions within this time ask for the same silence. */
const SAME_TIME: Millis = 60_000;

type Bounds = { timeoutMs: number; signal: AbortSignal };
type Known = { id: string; startsAt: string; until: Millis; by: string };

/**
 * Silences through Alertmanager's API v2: https://prometheus.io/docs/alerting/latest/clients/. One peer is enough,
 * because peers tell each other. They are tried one after the other, each with its share of the time. The incident's
 * own silence is looked up first, so that a second action, or a try at the next peer, makes no second silence.
 */
export function createAlertmanagerSilencer(options: { urls: AlertmanagerUrls }): Silencer {
  const http = createAlertmanagerClient(MAX_ANSWER);

  return {
    async silence(source, request, bounds) {
      const urls = findUrls(options.urls, source);
      if (urls.length === 0) {
        return { kind: 'failed', reason: `ALERTMANAGER_URL has no address for ${source}` };
      }
      const share = Math.max(1, Math.floor(bounds.timeoutMs / urls.length));
      const reasons: string[] = [];
      for (const [index, url] of urls.entries()) {
        const outcome = await silenceAt(http, url, request, share, bounds.signal);
        if (outcome.kind !== 'failed') return outcome;
        reasons.push(
          urls.length === 1 ? outcome.reason : `peer ${index + 1} of ${urls.length}: ${outcome.reason}`,
        );
      }
      return { kind: 'failed', reason: reasons.join('; ') };
    },
  };
}

async function silenceAt(
  http: AxiosInstance,
  url: string,
  request: SilenceRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SilenceOutcome> {
  const bounds = { timeoutMs, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) };
  try {
    const known = await find(http, url, request, bounds);
    if (known !== undefined && known.until >= request.until - SAME_TIME) {
      return { kind: 'existing', id: known.id, until: known.until, by: known.by };
    }
    const id = await put(http, url, request, known, bounds);
    if (id === undefined) return { kind: 'failed', reason: 'the answer was not one of Alertmanager' };
    return { kind: known === undefined ? 'created' : 'extended', id, until: request.until };
  } catch (error) {
    return {
      kind: 'failed',
      reason: error instanceof NotAlertmanager ? error.message : describeRequestFailure(error, bounds),
    };
  }
}

class NotAlertmanager extends Error {
  override name = 'NotAlertmanager';
  constructor() {
    super('the answer was not one of Alertmanager');
  }
}

/** The incident's own silence with these matchers that lasts longest. */
async function find(
  http: AxiosInstance,
  url: string,
  { incidentId, matchers, now }: SilenceRequest,
  bounds: Bounds,
): Promise<Known | undefined> {
  const { data } = await http.get<unknown>(`${url}/api/v2/silences`, requestOptions(bounds));
  if (!Array.isArray(data)) throw new NotAlertmanager();
  const mine = data.flatMap((entry: unknown): Known[] => {
    const known = findKnown(entry, incidentId, matchers);
    return known === undefined || known.until <= now ? [] : [known];
  });
  return mine.toSorted((a, b) => b.until - a.until)[0];
}

function findKnown(entry: unknown, incidentId: string, matchers: SilenceMatcher[]): Known | undefined {
  if (!isRecord(entry) || !isRecord(entry.status) || entry.status.state === 'expired') return undefined;
  const { id, startsAt, endsAt, comment, createdBy } = entry;
  if (typeof id !== 'string' || typeof startsAt !== 'string' || typeof endsAt !== 'string') return undefined;
  if (typeof comment !== 'string' || !comment.split(/\s/).includes(incidentId)) return undefined;
  if (!hasSameMatchers(entry.matchers, matchers)) return undefined;
  return { id, startsAt, until: Date.parse(endsAt) || 0, by: typeof createdBy === 'string' ? createdBy : '' };
}

function hasSameMatchers(there: unknown, wanted: SilenceMatcher[]): boolean {
  if (!Array.isArray(there) || there.length !== wanted.length) return false;
  return wanted.every(({ name, value }) =>
    there.some(
      (each: unknown) =>
        isRecord(each) &&
        each.name === name &&
        each.value === value &&
        each.isRegex !== true &&
        each.isEqual !== false,
    ),
  );
}

/** A known silence keeps its id and its start: Alertmanager then moves its end instead of making another. */
async function put(
  http: AxiosInstance,
  url: string,
  request: SilenceRequest,
  known: Known | undefined,
  bounds: Bounds,
): Promise<string | undefined> {
  const body = {
    id: known?.id,
    matchers: request.matchers.map((matcher) => ({ ...matcher, isRegex: false, isEqual: true })),
    startsAt: known?.startsAt ?? new Date(request.now).toISOString(),
    endsAt: new Date(request.until).toISOString(),
    createdBy: request.by,
    comment: request.comment,
  };
  const { data } = await http.post<unknown>(`${url}/api/v2/silences`, body, requestOptions(bounds));
  return isRecord(data) && typeof data.silenceID === 'string' ? data.silenceID : undefined;
}

function requestOptions({ timeoutMs: timeout, signal }: Bounds) {
  return { timeout, signal };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
