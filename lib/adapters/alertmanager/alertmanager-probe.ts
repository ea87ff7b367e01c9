import type { AxiosInstance } from 'axios';
import type {
  ActiveAlert,
  AlertmanagerProbe,
  Bounds,
  ListedAlerts,
} from '../../core/diagnosis/checks/probe.ts';
import {
  type AlertmanagerUrls,
  createAlertmanagerClient,
  describeRequestFailure,
  findUrls,
} from './alertmanager-client.ts';
export type AlertmanagerOptions = { urls: AlertmanagerUrls };

/** Room for thousands of alerts with long annotations. */
const MAX_ANSWER = 20_000_000;
const STATES = ['active', 'suppressed', 'unprocessed'] as const;

/**
 * Alertmanager's API v2 of every peer of a source: https://prometheus.io/docs/alerting/latest/clients/. An alert that
 * any peer has is active; when a peer cannot be asked, absence cannot be told and the whole answer fails, which is how
 * a restarted peer or a partition is kept from looking like a resolve. What was read is given all the same: presence
 * needs one peer only. Silenced and inhibited alerts are included.
 */
export function createAlertmanagerProbe(options: AlertmanagerOptions): AlertmanagerProbe {
  const http = createAlertmanagerClient(MAX_ANSWER);

  return {
    async alerts(source, bounds) {
      const urls = findUrls(options.urls, source);
      if (urls.length === 0) {
        return { kind: 'failed', reason: `ALERTMANAGER_URL has no address for ${source}` };
      }
      const answers = await Promise.all(urls.map((url) => get(http, `${url}/api/v2/alerts`, bounds)));
      const united = new Map<string, ActiveAlert>();
      let reason: string | undefined;
      for (const [index, answer] of answers.entries()) {
        if (answer.kind === 'failed') {
          const which = urls.length === 1 ? '' : `peer ${index + 1} of ${urls.length}: `;
          reason ??= `${which}${answer.reason}`;
        }
        for (const alert of (answer.kind === 'ok' ? answer.value : answer.listed) ?? [])
          united.set(alert.fingerprint, louder(united.get(alert.fingerprint), alert));
      }
      const listed = [...united.values()];
      if (reason === undefined) return { kind: 'ok', value: listed };
      return { kind: 'failed', reason, listed: listed.length === 0 ? undefined : listed };
    },
  };
}

/** A silence spreads between peers with a delay; an alert that one of them still sends counts as active. */
function louder(known: ActiveAlert | undefined, alert: ActiveAlert): ActiveAlert {
  return known === undefined || known.state === 'suppressed' ? alert : known;
}

async function get(http: AxiosInstance, url: string, bounds: Bounds): Promise<ListedAlerts> {
  try {
    const { data } = await http.get<unknown>(url, { timeout: bounds.timeoutMs, signal: bounds.signal });
    const alerts = Array.isArray(data) ? data.map(toAlert) : [undefined];
    const read = alerts.filter((alert) => alert !== undefined);
    // Skipping an unreadable alert would make it look resolved.
    return read.length < alerts.length
      ? { kind: 'failed', reason: 'the answer was not one of Alertmanager', listed: read }
      : { kind: 'ok', value: read };
  } catch (error) {
    return { kind: 'failed', reason: describeRequestFailure(error, bounds) };
  }
}

function toAlert(entry: unknown): ActiveAlert | undefined {
  if (!isRecord(entry) || typeof entry.fingerprint !== 'string' || !isRecord(entry.status)) return undefined;
  const { status } = entry;
  const state = STATES.find((each) => each === status.state);
  if (state === undefined) return undefined;
  return {
    fingerprint: entry.fingerprint,
    labels: texts(entry.labels),
    annotations: texts(entry.annotations),
    generatorURL: typeof entry.generatorURL === 'string' ? entry.generatorURL : undefined,
    receivers: Array.isArray(entry.receivers) ? names(entry.receivers) : undefined,
    startsAt: typeof entry.startsAt === 'string' ? Date.parse(entry.startsAt) || 0 : 0,
    state,
  };
}

function names(receivers: unknown[]): string[] {
  return receivers.flatMap((each) => (isRecord(each) && typeof each.name === 'string' ? each.name : []));
}

function texts(values: unknown): Record<string, string> {
  if (!isRecord(values)) return {};
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== '',
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
