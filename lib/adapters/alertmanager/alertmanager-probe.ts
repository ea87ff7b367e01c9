import axios, { isAxiosError } from 'axios';
import { noAnswerReason, statusReason } from '../../core/diagnosis/http-failure.ts';
import type { ActiveAlert, AlertmanagerProbe, Bounds, ProbeResult } from '../../core/diagnosis/probe.ts';
import { alertsSchema } from './alerts-schema.ts';

/** Base URLs by source; `*` stands for every source without its own. Several are the peers of one cluster. */
export type AlertmanagerProbeOptions = { urls: Readonly<Record<string, string[]>> };

/** Silences and inhibitions reach peers at different times; what still pages somewhere is believed first. */
const belief: ActiveAlert['state'][] = ['active', 'unprocessed', 'suppressed'];

/**
 * Reads the alerts that Alertmanager holds, silenced and inhibited ones included, from every configured peer: no
 * redirect, no proxy. `maxRows` does not apply, because what was cut off would look resolved.
 */
export function createAlertmanagerProbe({ urls }: AlertmanagerProbeOptions): AlertmanagerProbe {
  return {
    async alerts(source, bounds) {
      const peers = Object.hasOwn(urls, source) ? urls[source] : urls['*'];
      if (!peers || peers.length === 0) {
        return { kind: 'failed', reason: `ALERTMANAGER_URL names no server for the source ${source}` };
      }
      const answers = await Promise.all(peers.map((url) => alertsOf(url, bounds)));
      const all = new Map<string, ActiveAlert>();
      for (const [i, answer] of answers.entries()) {
        if (answer.kind === 'failed') return ofPeer(answer.reason, i, peers.length);
        for (const alert of answer.value)
          all.set(alert.fingerprint, believed(all.get(alert.fingerprint), alert));
      }
      return { kind: 'ok', value: [...all.values()] };
    },
  };
}

function ofPeer(reason: string, index: number, count: number): ProbeResult<never> {
  return { kind: 'failed', reason: count === 1 ? reason : `peer ${index + 1} of ${count}: ${reason}` };
}

function believed(known: ActiveAlert | undefined, told: ActiveAlert): ActiveAlert {
  return known === undefined || belief.indexOf(told.state) < belief.indexOf(known.state) ? told : known;
}

async function alertsOf(url: string, bounds: Bounds): Promise<ProbeResult<ActiveAlert[]>> {
  try {
    const response = await axios.get<string>(`${url}/api/v2/alerts`, {
      params: { active: true, silenced: true, inhibited: true, unprocessed: true },
      timeout: bounds.timeoutMs,
      signal: bounds.signal,
      maxContentLength: bounds.maxBytes,
      maxRedirects: 0,
      proxy: false,
      responseType: 'text',
      // Axios would take what is not JSON for a text and let it through.
      transformResponse: (body: string) => body,
      validateStatus: () => true,
    });
    if (response.status !== 200) return { kind: 'failed', reason: statusReason(response.status) };
    const alerts = alertsSchema.safeParse(parsed(response.data));
    if (!alerts.success) return { kind: 'failed', reason: 'the answer is not from Alertmanager' };
    return { kind: 'ok', value: alerts.data };
  } catch (error) {
    if (isAxiosError(error) && /maxContentLength/.test(error.message)) {
      return { kind: 'failed', reason: `the answer is longer than ${bounds.maxBytes} bytes` };
    }
    return {
      kind: 'failed',
      reason: noAnswerReason(isAxiosError(error) ? error.code : undefined, bounds.timeoutMs),
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
