import { readFileSync } from 'node:fs';
import type { Alert, Webhook } from '../../../lib/core/alert/alert.ts';
import { parseWebhook } from '../../../lib/core/alert/parse-webhook.ts';
import type { CommandCall } from '../../command-line/command.ts';
import { UsageError } from '../../command-line/usage-error.ts';

/** The alerts of one name that fire in a webhook, and the unusable parts. */
export type Payload = {
  alerts: Alert[];
  sender: Pick<Webhook, 'externalURL' | 'sentBy'>;
  notes: string[];
};

/** Reads a webhook of Alertmanager from a file, or from standard input for `-`, like receive-webhook. */
export function readPayload(
  file: string,
  { source, alertname, readInput }: { source: string; alertname: string } & Pick<CommandCall, 'readInput'>,
): Payload {
  const shown = file === '-' ? 'standard input' : file;
  let body: string;
  try {
    body = file === '-' ? readInput() : readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${shown} cannot be read.`);
  }
  const parsed = parseWebhook(source, body);
  if (parsed.kind === 'malformed') {
    throw new UsageError(`${shown} is not an Alertmanager webhook body: ${parsed.reason}.`);
  }
  const { alerts, rejected, externalURL, sentBy } = parsed.webhook;
  const named = alerts.filter(({ labels }) => labels['alertname'] === alertname);
  const firing = named.filter(({ status }) => status === 'firing');
  if (named.length === 0) {
    const others = new Set(alerts.map(({ labels }) => labels['alertname'] ?? '(no alertname)'));
    const has = others.size === 0 ? 'no alert at all' : `alerts of ${[...others].join(', ')}`;
    throw new UsageError(`${shown} holds no alert ${alertname}: it has ${has}.`);
  }
  if (firing.length === 0) throw new UsageError(`No alert ${alertname} in ${shown} fires.`);
  const notes = rejected.map(({ index, reason }) => `Alert ${index} of the payload is left out: ${reason}.`);
  return { alerts: firing, sender: { externalURL, sentBy }, notes };
}
