import { setTimeout as pause } from 'node:timers/promises';
import { renderNoticeForTerminal } from './render-notice-for-terminal.ts';
import type { LocalSlack } from './slack.ts';
import type { LocalSmtp } from './smtp.ts';

const TOLD_WITHIN = 30_000;
/** After the first arrival, how long to wait for the rest of it. */
const QUIET_FOR = 1_500;

export type SampleIncidentOptions = {
  url: string;
  token: string;
  slack?: Pick<LocalSlack, 'messages'> | undefined;
  smtp?: Pick<LocalSmtp, 'mails'> | undefined;
  color: boolean;
  say(text: string): void;
};

/**
 * Plays one incident: posts what an Alertmanager would post when the sample database's connections run out, waits
 * until people have been told, and shows what they were told. Stops waiting after 30 s.
 */
export async function playSampleIncident(options: SampleIncidentOptions): Promise<void> {
  const { say, slack, smtp } = options;
  const response = await fetch(options.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}` },
    body: JSON.stringify(sampleDelivery(new Date())),
  });
  say(`Sample incident: DatabaseConnectionPoolCritical posted, answered ${response.status}.`);
  if (!slack && !smtp) return say('Slack and mail are real here, so look there.');

  await untilQuiet(() => (slack?.messages().length ?? 0) + (smtp?.mails().length ?? 0));
  const messages = slack?.messages() ?? [];
  const mails = smtp?.mails() ?? [];
  if (messages.length + mails.length === 0) return say('No notice has arrived yet; the inbox will show it.');
  // One of each is enough to read; the inbox has them all.
  const message = messages.find(({ channel }) => channel.endsWith('critical')) ?? messages[0];
  const mail = mails[0];
  for (const notice of [message, mail]) {
    if (notice) say(`\n${renderNoticeForTerminal(notice, { color: options.color })}`);
  }
  say(
    `Arrived: ${counted(messages.length, 'Slack message')}, ${counted(mails.length, 'mail')}. The inbox shows all.`,
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Waits until something has arrived and nothing more does. */
async function untilQuiet(count: () => number): Promise<void> {
  const deadline = Date.now() + TOLD_WITHIN;
  let seen = 0;
  let since = Date.now();
  while (Date.now() < deadline) {
    if (count() !== seen) {
      seen = count();
      since = Date.now();
    }
    if (seen > 0 && Date.now() - since > QUIET_FOR) return;
    await pause(100);
  }
}

function sampleDelivery(now: Date): unknown {
  const labels = {
    alertname: 'DatabaseConnectionPoolCritical',
    severity: 'critical',
    instance: 'postgres:5432',
  };
  const summary = 'Database connection pool critically low';
  return {
    version: '4',
    groupKey: '{}:{alertname="DatabaseConnectionPoolCritical"}',
    truncatedAlerts: 0,
    receiver: 'first-responder',
    status: 'firing',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: { summary },
    externalURL: 'http://localhost:9093',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary },
        startsAt: new Date(now.getTime() - 30_000).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: '5a6d706c65303031',
      },
    ],
  };
}
