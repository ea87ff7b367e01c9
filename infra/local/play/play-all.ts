import type { ReadyStack } from '../stack/ready-stack.ts';
import { type Played, playIncident, showPlayed } from './play-incident.ts';
import { sampleAlerts } from './sample-alerts.ts';

export type PlayAllOptions = {
  alertnames: string[];
  labels?: Record<string, string>;
  status: 'firing' | 'resolved';
  json: boolean;
  color: boolean;
  output: Pick<Console, 'log' | 'error'>;
};

/** Plays one alert after the other and prints the notices; returns the exit code. */
export async function playAll(stack: ReadyStack, options: PlayAllOptions): Promise<number> {
  const { alertnames, labels, status, json, color, output } = options;
  const { url, token, arrivals, prometheusUrl } = stack;
  if (token === undefined) {
    output.error('WEBHOOK_TOKENS are in Parameter Store, so nothing can be posted from here.');
    return 1;
  }
  const all: ({ alertname: string } & Played)[] = [];
  for (const alertname of alertnames) {
    if (alertnames.length > 1) output.error(`${alertname} (${all.length + 1} of ${alertnames.length}) …`);
    const alerts = sampleAlerts(alertname, prometheusUrl, labels) ?? [];
    const played = await playIncident({ url, token, alerts, status, arrivals });
    all.push({ alertname, ...played });
    if (!json) output.log(showPlayed(played, color));
  }
  if (json) output.log(JSON.stringify(all, null, 2));
  return all.every(wasNotified) ? 0 : 1;
}

/** If nobody can see the stand-ins, the API's answer must do. */
function wasNotified({ seen, messages, mails, incidents }: Played): boolean {
  if (!seen) return incidents.length > 0;
  return messages.length + mails.length > 0;
}
