import { AxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import * as z from 'zod/mini';
import { formatEquality } from '../../core/alert/matcher.ts';
import { parseAnswer } from '../../core/diagnosis/checks/answer-schema.ts';
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
import { createdSilenceSchema, type ListedSilence, silenceSchema } from './answer-schema.ts';

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
}

function readBody<T>(schema: z.ZodMiniType<T>, { data, headers }: AxiosResponse<unknown>): T {
  const answer = parseAnswer('Alertmanager', schema, { contentType: headers['content-type'], body: data });
  if (answer.kind === 'failed') throw new NotAlertmanager(answer.reason);
  return answer.value;
}

/** The incident's own silence with these matchers that lasts longest. */
async function find(
  http: AxiosInstance,
  url: string,
  { incidentId, matchers, now }: SilenceRequest,
  bounds: Bounds,
): Promise<Known | undefined> {
  const list = `${url}/api/v2/silences`;
  const answer = await http.get<unknown>(list, requestOptions(bounds)).catch((error: unknown) => {
    if (!isUnlistable(error)) throw error;
    // Silences without these matchers are then not listed, and so neither is that one.
    const filter = matchers.map(({ name, value }) => formatEquality(name, value));
    return http.get<unknown>(list, {
      ...requestOptions(bounds),
      params: { filter },
      paramsSerializer: { indexes: null },
    });
  });
  const mine = readBody(z.array(z.unknown()), answer).flatMap((entry): Known[] => {
    // An entry that cannot be read is not ours: at worst, a second silence stands beside it.
    const { data } = z.safeParse(silenceSchema, entry);
    const known = data && findKnown(data, incidentId, matchers);
    return known === undefined || known.until <= now ? [] : [known];
  });
  return mine.toSorted((a, b) => b.until - a.until)[0];
}

/**
 * True where somebody's silence has several sets of matchers. API v2 of Alertmanager 0.32 and newer cannot show it, and then
 * lists no silence at all: https://github.com/prometheus/alertmanager/issues/4946
 */
function isUnlistable(error: unknown): boolean {
  return (
    error instanceof AxiosError &&
    error.response?.status === 500 &&
    /multiple matcher sets/.test(String(error.response.data))
  );
}

function findKnown(
  { id, status, startsAt, endsAt, comment, createdBy, matchers: there }: ListedSilence,
  incidentId: string,
  matchers: SilenceMatcher[],
): Known | undefined {
  if (status.state === 'expired' || !comment.split(/\s/).includes(incidentId)) return undefined;
  if (!hasSameMatchers(there, matchers)) return undefined;
  return { id, startsAt, until: Date.parse(endsAt), by: createdBy };
}

function hasSameMatchers(there: ListedSilence['matchers'], wanted: SilenceMatcher[]): boolean {
  if (there?.length !== wanted.length) return false;
  return wanted.every(({ name, value }) =>
    there.some(
      (each) => each.name === name && each.value === value && each.isRegex !== true && each.isEqual !== false,
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
): Promise<string> {
  const body = {
    id: known?.id,
    matchers: request.matchers.map((matcher) => ({ ...matcher, isRegex: false, isEqual: true })),
    startsAt: known?.startsAt ?? new Date(request.now).toISOString(),
    endsAt: new Date(request.until).toISOString(),
    createdBy: request.by,
    comment: request.comment,
  };
  const answer = await http.post<unknown>(`${url}/api/v2/silences`, body, requestOptions(bounds));
  return readBody(createdSilenceSchema, answer).silenceID;
}

function requestOptions({ timeoutMs: timeout, signal }: Bounds) {
  return { timeout, signal };
}
