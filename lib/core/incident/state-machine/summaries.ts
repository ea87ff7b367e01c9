import type { Tier } from '../../runbook/policy.ts';
import type { Severity } from '../../shared/severity.ts';
import { formatUtc, HOUR, MINUTE, type Millis } from '../../shared/time.ts';
import type { MadeSilence } from '../effect-schema.ts';
import type { Announcement } from './commit.ts';

/**
 * The one sentence that history keeps of each transition, and the kind of notice it makes. No label values
 * here. It may contain people's own text: each channel escapes the whole sentence.
 */

/** `cutOff`: alerts that Alertmanager lists and its webhooks cut off; absent: none. */
type Counts = { joined: number; ended: number; cutOff?: number };
/** `cutOffWorst`: how many of those alerts have the incident's new severity. */
type RaisingCounts = Counts & { cutOffWorst?: number };

function opened(alerts: number, isTruncated: boolean): Announcement {
  const more = isTruncated ? ' Alertmanager cut others off (max_alerts).' : '';
  return notify('opened', true, `Opened by ${formatCount(alerts, 'alert')}.${more}`);
}

/** Its webhooks never showed it. */
function openedByList(alerts: number): Announcement {
  return notify('opened', true, `Opened: ${formatCutOff(alerts)}.`);
}

function reopened(): Announcement {
  return notify('reopened', true, 'Fires again.');
}

function flapping(reopens: number): Announcement {
  return notify(
    'flapping',
    true,
    `Reopened ${reopens} times within an hour: it flaps. Further reopens and resolves stay quiet until nothing has changed for 15 min.`,
  );
}

/** What flapping keeps from people, but not from history. */
function silenced(reason: 'reopened' | 'resolved'): Announcement {
  const what = reason === 'reopened' ? 'Fires again' : 'Resolved';
  return { kind: 'record', reason, ping: false, summary: `${what}; kept quiet while it flaps.` };
}

/** `ping` false: the page is already sent, or waits for the spacing of docs/rules.md#rule-3. */
function raised(severity: Severity, counts: RaisingCounts | undefined, ping: boolean): Announcement {
  const { cutOff = 0, cutOffWorst = 0 } = counts ?? {};
  if (counts === undefined || cutOffWorst === 0) {
    return notify('raised', ping, joinSentence(`Raised to ${severity}`, counts));
  }
  const all = cutOff === cutOffWorst;
  const which = all
    ? formatCutOff(cutOff, `${severity} alert`)
    : `${formatCutOff(cutOff)}, ${cutOffWorst} of them ${severity}`;
  return notify('raised', ping, joinSentence(`Raised to ${severity}: ${which}`, { ...counts, cutOff: 0 }));
}

function joined(counts: Counts, ping: boolean): Announcement {
  return notify('joined', ping, `${formatCounts(counts)}.`);
}

function updated(lowered: Severity | undefined, ended: number): Announcement {
  return notify('updated', false, joinSentence(lowered && `Lowered to ${lowered}`, { joined: 0, ended }));
}

/** In an open incident: there are more alerts than the webhooks name. */
function truncated(): Announcement {
  return notify('updated', false, 'More alerts than Alertmanager sends: it cut some off (max_alerts).');
}

/** All known alerts resolved, and some alerts are unknown. */
function mayStillFire(ended: number): Announcement {
  const why = 'others were cut off (max_alerts) and may still fire, so Alertmanager is asked';
  return notify('updated', false, `${formatCounts({ joined: 0, ended })}; ${why}.`);
}

/** Announced once: without an answer, nobody can say that it is over. */
function staysOpen(why: string): Announcement {
  const summary =
    'Stays open: all known alerts resolved, and nobody can say whether those that Alertmanager cut off (max_alerts) still fire.';
  return { ...notify('updated', false, summary), unverified: why };
}

function resolvedByAnswer(): Announcement {
  return notify('resolved', false, 'All known alerts resolved; Alertmanager has none of those it cut off.');
}

function resolved(): Announcement {
  return notify('resolved', false, 'All alerts resolved.');
}

function endedAutomatically(unseenFor: Millis): Announcement {
  return notify('resolved', false, `Not seen again for ${Math.round(unseenFor / HOUR)} h.`);
}

function resolvedByHand(by: string, note: string | undefined): Announcement {
  return announceUserAction('resolved', 'Resolved by hand', by, note);
}

function acknowledged(by: string, note: string | undefined): Announcement {
  return announceUserAction('acknowledged', 'Acknowledged', by, note);
}

/** `id` is the id of the silence in Alertmanager. */
function silencedUntil(by: string, id: string, silence: MadeSilence): Announcement {
  const howMany = `${silence.covered} of ${formatCount(silence.firing, 'firing alert')}`;
  const summary = `Silenced in Alertmanager until ${formatUtc(silence.until)} by ${by}: ${howMany} (silence ${id}).`;
  return { ...notify('updated', false, summary), userAction: { by, silence } };
}

function closed(): Announcement {
  return notify('closed', false, 'Alertmanager no longer has these alerts: closed without a resolve.');
}

function vanished(alerts: number, lowered: Severity | undefined): Announcement {
  if (alerts === 0 && lowered) {
    return notify('updated', false, `Lowered to ${lowered}: Alertmanager lists nothing more severe.`);
  }
  const first = `Alertmanager no longer has ${formatCount(alerts, 'alert')}`;
  return notify('updated', false, lowered ? `${first}. Lowered to ${lowered}.` : `${first}.`);
}

function paused(): Announcement {
  return notify('updated', false, 'Every alert is silenced or inhibited in Alertmanager: escalation pauses.');
}

function unpaused(): Announcement {
  return notify('updated', false, 'No longer silenced in Alertmanager: escalation goes on.');
}

/**
 * `reported`: an alert was reported firing. Otherwise alerts were cut off, and nobody knows whether they
 * fire.
 */
function unverified(why: string, reported: boolean): Announcement {
  const summary = reported
    ? 'Reported firing again; Alertmanager could not confirm it.'
    : 'Alerts were cut off (max_alerts); Alertmanager could not say whether they fire.';
  return { ...notify('unverified', true, summary), unverified: why };
}

function escalated(tier: Tier, tiers: Tier[], whyUnverified: string | undefined): Announcement {
  return markUnverified(
    { ...notify('escalated', true, `Not resolved in time: escalated to L${tier}.`), tiers },
    whyUnverified,
  );
}

function reminder(whyUnverified: string | undefined): Announcement {
  return markUnverified(notify('reminder', true, 'Nobody has acknowledged this yet.'), whyUnverified);
}

function promoted(severity: Severity): Announcement {
  return notify('raised', true, `Raised to ${severity} because it has been open for long.`);
}

/** A page that waited for the five-minute spacing. */
function spacedPage(reason: 'joined' | 'raised', whyUnverified: string | undefined): Announcement {
  return markUnverified(notify(reason, true, 'More fires than was acknowledged.'), whyUnverified);
}

/** `reopens`: how often it fired again; `calmFor`: how long nothing has changed. */
type FlappingEnd = { reopens: number; calmFor: Millis };

function flappingEndsFiring({ reopens, calmFor }: FlappingEnd): Announcement {
  const since = `has now fired for ${formatCalm(calmFor)} without a break`;
  const summary = `${formatFlapping(reopens)}, and ${since}.`;
  return { ...notify('reopened', true, summary), flappingOver: { reopens } };
}

/** No second "resolved": somebody may have read one before it was called flapping. */
function flappingEndsResolved({ reopens, calmFor }: FlappingEnd): Announcement {
  const summary = `${formatFlapping(reopens)}, and nothing has fired for ${formatCalm(calmFor)}.`;
  return { ...notify('resolved', false, summary), flappingOver: { reopens } };
}

function formatFlapping(reopens: number): string {
  return `Flapping is over: it fired again ${formatCount(reopens, 'time')}`;
}

/** Much longer than 15 minutes after an outage, or after a silence. */
function formatCalm(calmFor: Millis): string {
  return calmFor < 2 * HOUR ? `${Math.floor(calmFor / MINUTE)} min` : `${Math.floor(calmFor / HOUR)} h`;
}

/** After a maintenance, firing alerts are announced as if they began now. */
function unmuted(
  why: 'over' | 'not-covered',
  acknowledged: boolean,
  whyUnverified: string | undefined,
): Announcement {
  const what =
    why === 'over' ? 'The maintenance that muted this is over' : 'No maintenance covers all of this';
  if (acknowledged) return notify('updated', false, `${what}; it still fires and is acknowledged.`);
  return markUnverified(notify('opened', true, `${what}, and it still fires.`), whyUnverified);
}

function unconfirmedBegan(): Announcement {
  return record('A firing report not newer than the last resolve: waiting for Alertmanager to confirm it.');
}

function truncationBegan(): Announcement {
  return record('Alerts were cut off (max_alerts): waiting for Alertmanager to say whether any fires.');
}

function unconfirmedEnded(): Announcement {
  return record('What was in doubt is over; nothing fires.');
}

function lateResolve(alerts: number): Announcement {
  return record(`${formatCount(alerts, 'late resolve')} noted.`);
}

function notify(reason: Announcement['reason'], ping: boolean, summary: string): Announcement {
  return { kind: 'notify', reason, ping, summary };
}

/** Everybody who sees the summary sees the person's note. */
function announceUserAction(
  reason: Announcement['reason'],
  what: string,
  by: string,
  note: string | undefined,
): Announcement {
  const sent = note === undefined ? '.' : `: ${note}`;
  return { ...notify(reason, false, `${what} by ${by}${sent}`), userAction: { by, note } };
}

function record(summary: string): Announcement {
  return { kind: 'record', reason: 'updated', ping: false, summary };
}

function markUnverified(announcement: Announcement, whyUnverified: string | undefined): Announcement {
  return whyUnverified === undefined ? announcement : { ...announcement, unverified: whyUnverified };
}

function joinSentence(first: string | undefined, counts: Counts | undefined): string {
  const rest = counts ? formatCounts(counts) : '';
  return `${[first, rest].filter(Boolean).join('; ')}.`;
}

function formatCounts(counts: Counts): string {
  const parts: string[] = [];
  if (counts.joined > 0) parts.push(`${formatCount(counts.joined, 'alert')} joined`);
  if (counts.ended > 0) parts.push(`${formatCount(counts.ended, 'alert')} resolved`);
  if (counts.cutOff) parts.push(formatCutOff(counts.cutOff));
  return parts.join(', ');
}

function formatCutOff(cutOff: number, noun = 'alert'): string {
  return `Alertmanager lists ${formatCount(cutOff, noun)} that its webhook cut off (max_alerts)`;
}

function formatCount(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What each transition announces: the reason, whether it interrupts, and one sentence. */
export const summaries = {
  opened,
  openedByList,
  reopened,
  flapping,
  silenced,
  raised,
  joined,
  updated,
  truncated,
  mayStillFire,
  staysOpen,
  resolvedByAnswer,
  resolved,
  endedAutomatically,
  resolvedByHand,
  acknowledged,
  silencedUntil,
  closed,
  vanished,
  paused,
  unpaused,
  unverified,
  escalated,
  reminder,
  promoted,
  spacedPage,
  flappingEndsFiring,
  flappingEndsResolved,
  unmuted,
  unconfirmedBegan,
  truncationBegan,
  unconfirmedEnded,
  lateResolve,
};
