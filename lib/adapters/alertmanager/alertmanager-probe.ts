import type { AxiosInstance } from 'axios';
import * as z from 'zod/mini';
import { parseAnswer } from '../../core/diagnosis/checks/answer-schema.ts';
import { refuseAnswer } from '../../core/diagnosis/checks/failure-words.ts';
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
import { activeAlertSchema } from './answer-schema.ts';

export type AlertmanagerOptions = { urls: AlertmanagerUrls };

/** Room for thousands of alerts with long annotations. */
const MAX_ANSWER = 20_000_000;

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
    const { data, headers } = await http.get<unknown>(url, {
      timeout: bounds.timeoutMs,
      signal: bounds.signal,
    });
    const answer = { contentType: headers['content-type'], body: data };
    const listed = parseAnswer('Alertmanager', z.array(z.unknown()), answer);
    if (listed.kind === 'failed') return listed;
    const alerts = listed.value.map((alert) => z.safeParse(activeAlertSchema, alert));
    const read = alerts.flatMap((alert) => alert.data ?? []);
    if (read.length === alerts.length) return { kind: 'ok', value: read };
    // Skipping an unreadable alert would make it look resolved.
    const odd = alerts.findIndex(({ success }) => !success);
    return {
      ...refuseAnswer('Alertmanager', `alert ${odd + 1} of ${alerts.length} has another shape`),
      listed: read,
    };
  } catch (error) {
    return { kind: 'failed', reason: describeRequestFailure(error, bounds) };
  }
}
