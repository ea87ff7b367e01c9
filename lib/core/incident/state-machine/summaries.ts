import type { Tier } from '../../runbook/policy.ts';
import type { Severity } from '../../shared/severity.ts';
import { formatUtc, HOUR, type Millis } from '../../shared/time.ts';
import type { MadeSilence } from '../effect.ts';
import type { Announcement } from './commit.ts';

/**
 * The one sentence that history keeps of each step, and what kind of notice it makes.
 * No label values here. What people wrote may be: each channel escapes the sentence as a whole.
 */

/** `cutOff`: alerts that Alertmanager lists and its webhooks cut off; absent: none. */
type Counts = { joined: number; ended: number; cutOff?: number };
/** `cutOffWorst`: how many of those that were cut off are as severe as the incident became. */
type RaisingCounts = Counts & { cutOffWorst?: number };

function opened(alerts: number, isTruncated: boolean): Announcement {
  const more = isTruncated ? ' Alertmanager cut others off (max_alerts).' : '';
  return notify('opened', true, `Opened by ${count(alerts, 'alert')}.${more}`);
}

/** Its webhooks never showed it. */
function openedByList(alerts: number): Announcement {
  return notify('opened', true, `Opened: ${listed(alerts)}.`);
}

function reopened(): Announcement {
  return notify('reopened', true, 'Fires again.');
}

function flapping(reopens: number): Announcement {
  return notify(
    'flapping',
    true,
    `Reopened ${reopens} times within an hour: it flaps. Further reopens and resolves stay quiet until it has been calm for 15 min.`,
  );
}

/** What flapping keeps from people but not from history. */
function silenced(reason: 'reopened' | 'resolved'): Announcement {
  const what = reason === 'reopened' ? 'Fires again' : 'Resolved';
  return { kind: 'record', reason, ping: false, summary: `${what}; kept quiet while it flaps.` };
}

/** `ping` false: the page for it is already out, or waits for the spacing of rule 3. */
function raised(severity: Severity, counts: RaisingCounts | undefined, ping: boolean): Announcement {
  const { cutOff = 0, cutOffWorst = 0 } = counts ?? {};
  if (counts === undefined || cutOffWorst === 0) {
    return notify('raised', ping, sentence(`Raised to ${severity}`, counts));
  }
  const all = cutOff === cutOffWorst;
  const which = all
    ? listed(cutOff, `${severity} alert`)
    : `${listed(cutOff)}, ${cutOffWorst} of them ${severity}`;
  return notify('raised', ping, sentence(`Raised to ${severity}: ${which}`, { ...counts, cutOff: 0 }));
}

function joined(counts: Counts, ping: boolean): Announcement {
  return notify('joined', ping, `${sentenceOf(counts)}.`);
}

function updated(lowered: Severity | undefined, counts: Counts): Announcement {
  return notify('updated', false, sentence(lowered && `Lowered to ${lowered}`, counts));
}

/** In an open incident: there is more than anybody can name. */
function truncated(): Announcement {
  return notify('updated', false, 'More alerts than Alertmanager sends: it cut some off (max_alerts).');
}

/** All that is known has resolved, and some are not known. */
function mayStillFire(counts: Counts): Announcement {
  const why = 'others were cut off (max_alerts) and may still fire, so Alertmanager is asked';
  return notify('updated', false, `${sentenceOf(counts)}; ${why}.`);
}

/** Said once: without an answer, nobody can tell that it is over. */
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
  return byPerson('resolved', 'Resolved by hand', by, note);
}

function acknowledged(by: string, note: string | undefined): Announcement {
  return byPerson('acknowledged', 'Acknowledged', by, note);
}

/** `id` is the silence's in Alertmanager. */
function silencedUntil(by: string, id: string, silence: MadeSilence): Announcement {
  const howMany = `${silence.covered} of ${count(silence.firing, 'firing alert')}`;
  const summary = `Silenced in Alertmanager until ${formatUtc(silence.until)} by ${by}: ${howMany} (silence ${id}).`;
  return { ...notify('updated', false, summary), by, silence };
}

function closed(): Announcement {
  return notify('closed', false, 'Alertmanager no longer has these alerts: closed without a resolve.');
}

function vanished(alerts: number, lowered: Severity | undefined): Announcement {
  if (alerts === 0 && lowered) {
    return notify('updated', false, `Lowered to ${lowered}: Alertmanager lists nothing more severe.`);
  }
  const first = `Alertmanager no longer has ${count(alerts, 'alert')}`;
  return notify('updated', false, lowered ? `${first}. Lowered to ${lowered}.` : `${first}.`);
}

function paused(): Announcement {
  return notify('updated', false, 'Every alert is silenced or inhibited in Alertmanager: escalation pauses.');
}

function unpaused(): Announcement {
  return notify('updated', false, 'No longer silenced in Alertmanager: escalation goes on.');
}

/** `reported`: an alert was; otherwise alerts were cut off, and nobody knows whether they fire. */
function unverified(why: string, reported: boolean): Announcement {
  const summary = reported
    ? 'Reported firing again; Alertmanager could not confirm it.'
    : 'Alerts were cut off (max_alerts); Alertmanager could not say whether they fire.';
  return { ...notify('unverified', true, summary), unverified: why };
}

function escalated(tier: Tier, tiers: Tier[], unconfirmed: string | undefined): Announcement {
  return confirmed(
    { ...notify('escalated', true, `Not resolved in time: escalated to L${tier}.`), tiers },
    unconfirmed,
  );
}

function reminder(unconfirmed: string | undefined): Announcement {
  return confirmed(notify('reminder', true, 'Nobody has acknowledged this yet.'), unconfirmed);
}

function promoted(severity: Severity): Announcement {
  return notify('raised', true, `Raised to ${severity} because it has been open for long.`);
}

/** A page that waited for the five-minute spacing. */
function spacedPage(reason: 'joined' | 'raised', unconfirmed: string | undefined): Announcement {
  return confirmed(notify(reason, true, 'More fires than was acknowledged.'), unconfirmed);
}

function flappingEndsFiring(): Announcement {
  return notify('reopened', true, 'Stopped flapping 15 min ago and still fires.');
}

function flappingEndsResolved(): Announcement {
  return notify('resolved', false, 'Stopped flapping 15 min ago and is resolved.');
}

/** What fires after a maintenance is told as if it began now. */
function unmuted(
  why: 'over' | 'not-covered',
  acknowledged: boolean,
  unconfirmed: string | undefined,
): Announcement {
  const what =
    why === 'over' ? 'The maintenance that muted this is over' : 'No maintenance covers all of this';
  if (acknowledged) return notify('updated', false, `${what}; it still fires and is acknowledged.`);
  return confirmed(notify('opened', true, `${what}, and it still fires.`), unconfirmed);
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
  return record(`${count(alerts, 'late resolve')} noted.`);
}

function notify(reason: Announcement['reason'], ping: boolean, summary: string): Announcement {
  return { kind: 'notify', reason, ping, summary };
}

/** What the person noted is for everybody who reads of it. */
function byPerson(
  reason: Announcement['reason'],
  what: string,
  by: string,
  note: string | undefined,
): Announcement {
  const sent = note === undefined ? '.' : `: ${note}`;
  return { ...notify(reason, false, `${what} by ${by}${sent}`), by, ...(note === undefined ? {} : { note }) };
}

function record(summary: string): Announcement {
  return { kind: 'record', reason: 'updated', ping: false, summary };
}

function confirmed(announcement: Announcement, unconfirmed: string | undefined): Announcement {
  return unconfirmed === undefined ? announcement : { ...announcement, unverified: unconfirmed };
}

function sentence(first: string | undefined, counts: Counts | undefined): string {
  const rest = counts ? sentenceOf(counts) : '';
  return `${[first, rest].filter(Boolean).join('; ')}.`;
}

function sentenceOf(counts: Counts): string {
  const parts: string[] = [];
  if (counts.joined > 0) parts.push(`${count(counts.joined, 'alert')} joined`);
  if (counts.ended > 0) parts.push(`${count(counts.ended, 'alert')} resolved`);
  if (counts.cutOff) parts.push(listed(counts.cutOff));
  return parts.join(', ');
}

function listed(cutOff: number, noun = 'alert'): string {
  return `Alertmanager lists ${count(cutOff, noun)} that its webhook cut off (max_alerts)`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What a transition announces, by what happened: the reason, whether it interrupts, and one sentence. */
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
