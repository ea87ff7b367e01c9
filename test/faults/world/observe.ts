import type { MailMessage } from '../../../lib/channels/email/mail-client.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import { DAY, MINUTE } from '../../../lib/core/shared/time.ts';
import { getHour } from '../../../lib/core/statistics/roll-up.ts';
import { showStatistics } from '../../../lib/flow/history/show-statistics.ts';
import { refreshStatistics } from '../../../lib/flow/tick/refresh-statistics.ts';
import { silentLog } from '../../support/harness/first-responder.ts';
import type { FaultySystem } from './faulty-system.ts';

/** One thing that a person was notified, and the minute since the start of the world. */
export type Notified = { minute: number; line: string };

/** What a history and the rest of the table say at the end, as lines that can be compared. */
export type Ending = { notified: Notified[]; roots: string[]; history: string[] };

/**
 * Remembers when each message arrived. Edits do not count, because they interrupt nobody; `roots` of the ending has
 * what they left.
 */
export function rememberNotified(system: FaultySystem): Notified[] {
  const notified: Notified[] = [];
  const note = (line: string) =>
    void notified.push({
      minute: Math.floor((system.now - system.start) / MINUTE),
      line: withoutNumbers(line),
    });
  watch(system.slack.posted, ({ to, threadTs, message }) =>
    note(`slack ${to} ${threadTs === undefined ? 'root' : 'reply'}: ${wordsOf(message)}`),
  );
  watch(system.mail.sent, (mail) => note(`mail ${mail.to.toSorted().join(' ')}: ${subjectOf(mail)}`));
  watch(system.webhook.posted, ({ name, body }) => note(`webhook ${name}: ${reasonOf(body)}`));
  return notified;
}

/** Calls `seen` for each entry that a list of a fake gets from now on. */
function watch<T>(list: readonly T[], seen: (entry: T) => void): void {
  const push = Array.prototype.push;
  Object.defineProperty(list, 'push', {
    value(...entries: T[]) {
      for (const entry of entries) seen(entry);
      return Reflect.apply(push, list, entries);
    },
  });
}

/** The preview, and whom the message interrupts by name. */
function wordsOf({ text, blocks }: SlackMessage): string {
  const called = JSON.stringify(blocks).match(/<!channel>|<@\w+>|<!subteam\^\w+>|@[a-z-]+/g) ?? [];
  return [text, ...new Set(called)].join(' ');
}

function subjectOf({ subject, messageId, text }: MailMessage): string {
  const inDigest = subject.startsWith('[STORM') ? text.matchAll(/^ +\d+ +\d+ +(\w+) \(/gm) : [];
  const names = [...inDigest].map(([, name]) => `${name} ×1 `).join('');
  // Of the incident, without the version.
  return `${subject} ${names}${messageId.replace(/\.\d+(?=@|\.[0-9a-f]{12}@)/, '')}`;
}

function reasonOf(body: string): string {
  const { kind, reason, incident }: { kind?: string; reason?: string; incident?: { id: string } } =
    JSON.parse(body);
  return `${kind} ${reason} ${incident?.id}`;
}

/**
 * Times, durations and how full a digest was depend on the minute in which something was notified; what else was heard of a
 * source depends on evidence, which a page does not wait for.
 */
export function withoutNumbers(line: string): string {
  return line
    .replaceAll(/\b\d+(?:\.\d+)? (?:s|min|h)\b(?: \d+ (?:s|min))?/g, '# min')
    .replaceAll(/\[\d+ incidents?, \d+ alerts?\]/g, '[# incidents]')
    .replaceAll(/; (?:whether )?other alerts [^<]*/g, '; other alerts ')
    .replaceAll(/<storm\.\S+>/g, '')
    .replaceAll(/\b\d\d:\d\d(?::\d\d)?\b/g, '##:##');
}

/** The end of a world, once nothing is on its way any more. */
export async function observe(system: FaultySystem, notified: Notified[]): Promise<Ending> {
  const { slack, world } = system;
  const roots = slack.roots().map(({ to, message }) => withoutNumbers(`${to}: ${message.text}`));
  const incidents = [...world.incidents.items.values()];
  const histories = await Promise.all(incidents.map(({ id }) => historyOf(system, id)));
  return {
    notified: [...notified],
    roots: [...new Set(roots)].toSorted(),
    history: [...histories.flat(), ...(await restOf(system))],
  };
}

async function historyOf({ world }: FaultySystem, id: string): Promise<string[]> {
  const record = await world.history.record(id);
  if (record === undefined) return [`${id} has no record`];
  const { incident, timeline, deliveries, diagnosisSummaries, alerts } = record;
  const name = `${incident.alertname}.${incident.episode}`;
  const { status, severity, tiers, ack, effects } = incident;
  return [
    `${name} is ${status} ${severity} L${tiers.highest} ack ${ack?.by ?? 'nobody'}, ${effects.length} effects left`,
    ...incident.alerts.map(({ fingerprint, state }) => `${name} alert ${fingerprint} ${state}`),
    ...alerts.map(({ fingerprint, labels }) => `${name} detail ${fingerprint} ${Object.keys(labels).length}`),
    ...timeline.map(({ what, summary, by }) => `${name} timeline ${what}: ${summary} ${by ?? ''}`),
    ...diagnosisSummaries.map(({ reason }) => `${name} diagnosis of ${reason}`),
    ...deliveries
      .map(({ destination, reason, outcome }) => `${name} delivery ${destination} ${reason} ${outcome}`)
      .toSorted(),
  ].map(withoutNumbers);
}

/** Everything beside the incidents. */
async function restOf(system: FaultySystem): Promise<string[]> {
  const { world, catalog, start } = system;
  const { clock, quarantine, maintenances, statistics, heartbeats, effects, deliveries } = world;
  const day = Math.floor(start / DAY) * DAY;
  // A mark may be missing; by then the hour is counted by its age.
  clock.set(getHour(start) + DAY);
  await refreshStatistics({ ...statistics, clock, log: silentLog }, clock.now() + MINUTE);
  const counted = await showStatistics(
    { ...statistics, catalog },
    { from: day, to: day + DAY, tz: 'UTC' },
    clock.now(),
  );
  return [
    ...quarantine.entries.map(({ id, reason }) => `quarantine ${id}: ${reason}`),
    ...(await maintenances.endingAfter(0)).map(
      ({ id, endedAt, notifiedAt }) =>
        `maintenance ${id} ended ${endedAt !== undefined} notified ${notifiedAt !== undefined}`,
    ),
    ...(await heartbeats.list()).map(({ source }) => `heartbeat of ${source}`),
    `statistics ${counted.incidents} incidents, ${counted.open} open`,
    `${effects.waiting.length} effects and ${deliveries.waiting.length} deliveries wait`,
  ];
}
