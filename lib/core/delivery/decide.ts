import { isEnd } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import { wasNotifiedLate, wasPaged } from './already-notified.ts';
import type { DeliverMessage, DestinationRecord } from './delivery.ts';
import { findLaterNotice } from './superseded-later.ts';

/** What the destination can do: mail and webhooks can neither edit nor thread. */
export type Abilities = 'edits' | 'posts' | 'mails';

/**
 * What to do with one message for one destination.
 * - `superseded`: it is no longer news; `why` goes into the history
 * - `notified`: an earlier attempt delivered it and died before recording that
 * - `post`: a message of its own (a Slack root, a webhook post, a mail)
 * - `digest`: a line in a storm's digest, which shows the incident there
 * - `edit`: changes the existing root: a reply in its thread, then an edit of the root, or one of them. A
 *   reply `user-action` is one line about a user action, and comes after the edit
 */
export type Plan = { do: 'superseded'; why: string } | { do: 'notified' } | SendPlan;

export type SendPlan =
  | { do: 'post' }
  | { do: 'digest'; startedAt: Millis }
  | { do: 'edit'; reply: 'none' | 'user-action' | 'quiet' | 'broadcast'; updateRoot: boolean };

const late = 'a page before it came late and said it';
const acknowledged = 'it was acknowledged before this could be sent';

/**
 * Decides from the current state, never from the state in which the notice was decided. The destination's
 * record says what it has received, so a repeat is harmless.
 */
export function decide(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
  now: Millis,
): Plan {
  // Skips even the edit and the line about a user action: the message behind this one brings both in one
  // reply.
  const behind = abilities === 'edits' ? findLaterNotice(message, incident, record, now) : undefined;
  if (behind !== undefined) return superseded(behind);
  const plan = decideNews(message, incident, record, abilities);
  if (message.userAction === undefined || abilities !== 'edits' || record.rootTs === undefined) return plan;
  if ((record.lastUserActionSeq ?? 0) >= message.seq) return plan;
  // The thread keeps every user action, even if the root has already shown it.
  if (plan.do === 'superseded') return { do: 'edit', reply: 'user-action', updateRoot: false };
  return plan.do === 'edit' && plan.reply === 'none' ? { ...plan, reply: 'user-action' } : plan;
}

function decideNews(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
): Plan {
  const stale = message.seq > record.lastSeq || incident.version > record.lastSeq;

  if (message.muted !== undefined) {
    return decideMuted(message.muted, message, incident, record, abilities, stale);
  }
  if (isEnd(message.reason)) {
    return decideResolve(message, incident, record, abilities, stale);
  }
  if (message.ping) return decidePing(message, incident, record, abilities, stale);
  return decideQuiet(message, record, abilities);
}

/**
 * Notifies nobody, but keeps an existing root up to date. A place that was notified of firing is notified of
 * the end.
 */
function decideMuted(
  muted: string,
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
  stale: boolean,
): Plan {
  if (!isFiring(incident) && mayThinkItFires(record)) {
    return decideResolve({ ...message, reason: 'resolved' }, incident, record, abilities, stale);
  }
  if (abilities !== 'edits' || record.rootTs === undefined || !stale) return superseded(muted);
  return { do: 'edit', reply: 'none', updateRoot: true };
}

/** Decides about a message that comes here because `failing` did not accept it. */
export function decideFailover(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  failing: DestinationRecord,
  abilities: Abilities,
): Plan {
  if (record.failedOverKeys?.includes(message.key)) return { do: 'notified' };
  if (!isFiring(incident)) return superseded('nothing fires any more');
  const news = message.failover?.news !== undefined;
  const taken = failing.lastPingSeq >= message.seq;
  if (taken && !(news && failing.failure !== undefined)) return superseded('it was accepted after all');
  if (record.lastPingSeq >= message.seq && !news) return superseded('this place has it already');
  // A failure report that carries a page calls nobody twice: a late page already names what fails.
  if (message.ping && wasNotifiedLate(message, record)) return superseded(late);
  if (isTaken(message, incident)) return superseded(acknowledged);
  if (abilities !== 'edits' || record.rootTs === undefined) return { do: 'post' };
  return { do: 'edit', reply: 'broadcast', updateRoot: incident.version > record.lastSeq };
}

/** Why details are no longer posted under the root; `undefined`: they are posted. */
export function findDetailsSuperseded(incident: Incident, record: DestinationRecord): string | undefined {
  if (!isFiring(incident)) return 'nothing fires any more';
  if (record.rootTs === undefined) return 'there is no message to put them under';
  return record.detailsTs === record.rootTs ? 'they stand there already' : undefined;
}

function decideResolve(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
  stale: boolean,
): Plan {
  if (isFiring(incident)) return superseded('it fires again');
  // Nothing was shown as firing here since the last resolve, so another resolve is no news.
  const notifiedBefore = record.lastShownFiring === false && !mayThinkItFires(record);
  const sent = record.resolvedSeq >= message.seq || notifiedBefore;
  // Even a place without any message receives the end: its page may have failed there for good.
  if (abilities !== 'edits' || record.rootTs === undefined) {
    if (sent) return superseded('its end was sent already');
    return record.digest ? { do: 'digest', startedAt: record.digest.startedAt } : { do: 'post' };
  }
  if (sent && !stale) return superseded('its end was sent already');
  return { do: 'edit', reply: sent ? 'none' : 'quiet', updateRoot: stale };
}

function decidePing(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
  stale: boolean,
): Plan {
  const sent = wasPaged(message, record, incident);
  const done = alreadyShown(message, record);
  // Flapping is news in either state, because it suppresses the resolves that follow (docs/rules.md#rule-6).
  const flaps = message.reason === 'flapping' && incident.flapping.since !== undefined;
  if (!isFiring(incident) && !flaps) {
    if (sent) return done;
    const calls = message.reason === 'reminder' || message.reason === 'escalated';
    if (calls) return superseded('nothing fires any more');
    // The first message here: shown as resolved, without interrupting anybody.
    return record.lastSeq === 0 ? { do: 'post' } : superseded('it resolved before this could be sent');
  }
  if (isTaken(message, incident) && !sent) return superseded(acknowledged);
  if (abilities !== 'edits' || record.rootTs === undefined) {
    if (sent) return done;
    // A page that was planned for a digest goes there. Later news has a message of its own.
    const { digest } = record;
    return digest?.seq === message.seq ? { do: 'digest', startedAt: digest.startedAt } : { do: 'post' };
  }
  if (sent && !stale) return done;
  return { do: 'edit', reply: sent ? 'none' : 'broadcast', updateRoot: stale };
}

/** A reminder after an acknowledgement is superseded: news that the acknowledgement does not cover has its own page. */
function isTaken({ reason, at }: DeliverMessage, { ack }: Incident): boolean {
  return reason === 'reminder' && ack !== undefined && ack.at > at;
}

function alreadyShown(message: DeliverMessage, record: DestinationRecord): Plan {
  const { caughtUp } = record;
  if (caughtUp !== undefined && message.seq > caughtUp.from && message.seq <= caughtUp.seq)
    return superseded(late);
  if (record.lastPingSeq === message.seq || caughtUp?.from === message.seq) return { do: 'notified' };
  return superseded(message.tier < record.lastTier ? 'a higher tier was notified' : 'a later notice said it');
}

function decideQuiet(message: DeliverMessage, record: DestinationRecord, abilities: Abilities): Plan {
  if (message.seq <= record.lastSeq) return superseded('what stands there already shows it');
  if (record.digest && record.rootTs === undefined) {
    return { do: 'digest', startedAt: record.digest.startedAt };
  }
  switch (abilities) {
    case 'edits':
      if (record.rootTs === undefined) return { do: 'post' };
      return { do: 'edit', reply: 'none', updateRoot: true };
    case 'posts':
      return superseded('an incoming webhook cannot edit, and this is not worth a message of its own');
    case 'mails':
      return superseded('not worth a mail of its own');
  }
}

/** A run that died may have shown it as firing. A superfluous end is better than a missing one. */
function mayThinkItFires(record: DestinationRecord): boolean {
  return record.lastShownFiring === true || record.uncertainSends?.firing === true;
}

/** Whether people read there that it fires: in the last message, or in an outdated root or digest. */
export function showsFiring(record: DestinationRecord, { version }: Incident): boolean {
  const stands = record.rootTs !== undefined || record.digest !== undefined;
  return mayThinkItFires(record) || (stands && record.lastSeq < version);
}

/** Whether the plan sends a new message; false: it only edits one. */
export function sendsMessage(plan: SendPlan): boolean {
  return plan.do !== 'edit' || plan.reply !== 'none';
}

function superseded(why: string): Plan {
  return { do: 'superseded', why };
}
