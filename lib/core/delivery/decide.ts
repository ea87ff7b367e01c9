import { isEnd } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import type { Millis } from '../shared/time.ts';
import { wasNotifiedLate, wasPaged } from './already-notified.ts';
import type { NoticeMessage } from './deliver-message-schema.ts';
import { type DestinationRecord, isSameMessage } from './delivery.ts';
import { findLaterNotice } from './superseded-later.ts';

/** What a channel can do with its messages. */
export type Abilities = {
  /** Messages can be changed, so the incident's own message, its root, always shows the current state. */
  edit: boolean;
  /** Messages can be answered in a thread. */
  thread: boolean;
  /** Messages can have buttons. */
  actions: boolean;
  /** The server drops a message whose key it has seen, so that a repeat needs no caution. */
  dropsRepeats?: true;
  /** Why a quiet notice is not worth a message of its own; absent: it is sent as one. */
  skipsQuiet?: string;
};

/** All that the decision about one message for one destination depends on. */
export type Situation = {
  message: NoticeMessage;
  incident: Incident;
  record: DestinationRecord;
  abilities: Abilities;
  now: Millis;
};

/**
 * What to do with one message for one destination.
 * - `superseded`: it is no longer news; `why` goes into the history
 * - `notified`: an earlier attempt delivered it and died before recording that
 * - `post`: a message of its own, which becomes the root where messages can be edited
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
export function decide(situation: Situation): Plan {
  const { message, incident, record, abilities, now } = situation;
  const { effect } = message;
  // Skips even the edit and the line about a user action: the message behind this one brings both in one
  // reply.
  const showsQuiet = abilities.edit || abilities.skipsQuiet === undefined;
  const behind = showsQuiet ? findLaterNotice(message, incident, record, now) : undefined;
  if (behind !== undefined) return superseded(behind);
  const plan = decideNews(situation);
  if (effect.userAction === undefined || !hasRoot(situation)) return plan;
  if ((record.lastUserActionSeq ?? 0) >= effect.seq) return plan;
  // The thread keeps every user action, even if the root has already shown it.
  if (plan.do === 'superseded') return { do: 'edit', reply: 'user-action', updateRoot: false };
  return plan.do === 'edit' && plan.reply === 'none' ? { ...plan, reply: 'user-action' } : plan;
}

function decideNews(situation: Situation): Plan {
  const { effect, muted } = situation.message;
  if (muted !== undefined) return decideMuted(situation, muted);
  if (isEnd(effect.reason)) return decideResolve(situation);
  return effect.ping ? decidePing(situation) : decideQuiet(situation);
}

/**
 * Notifies nobody, but keeps an existing root up to date. A place that was notified of firing is notified of
 * the end.
 */
function decideMuted(situation: Situation, muted: string): Plan {
  if (!isFiring(situation.incident) && mayThinkItFires(situation.record)) return decideResolve(situation);
  if (!hasRoot(situation) || !isStale(situation)) return superseded(muted);
  return { do: 'edit', reply: 'none', updateRoot: true };
}

/** Decides about a message that comes here because `failing` did not accept it. */
export function decideFailover(situation: Situation, failing: DestinationRecord): Plan {
  const { message, incident, record } = situation;
  const { effect } = message;
  if (record.failedOverKeys?.includes(message.key)) return { do: 'notified' };
  if (!isFiring(incident)) return superseded('nothing fires any more');
  const news = message.failover?.news !== undefined;
  const taken = failing.lastPingSeq >= effect.seq;
  if (taken && !(news && failing.failure !== undefined)) return superseded('it was accepted after all');
  if (record.lastPingSeq >= effect.seq && !news) return superseded('this place has it already');
  // A failure report that carries a page calls nobody twice: a late page already names what fails.
  if (effect.ping && wasNotifiedLate(message, record)) return superseded(late);
  if (isTaken(situation)) return superseded(acknowledged);
  if (!hasRoot(situation)) return { do: 'post' };
  return { do: 'edit', reply: 'broadcast', updateRoot: incident.version > record.lastSeq };
}

/** Why details are no longer posted under the root; `undefined`: they are posted. */
export function findDetailsSuperseded(incident: Incident, record: DestinationRecord): string | undefined {
  if (!isFiring(incident)) return 'nothing fires any more';
  if (record.root === undefined) return 'there is no message to put them under';
  return isSameMessage(record.detailsOf, record.root) ? 'they stand there already' : undefined;
}

function decideResolve(situation: Situation): Plan {
  const { message, incident, record } = situation;
  if (isFiring(incident)) return superseded('it fires again');
  // An end from before it flapped; its own notice and the end of the flapping follow (docs/rules.md#rule-6).
  if (incident.flapping.since !== undefined) return superseded('it flaps, which has a notice of its own');
  // Nothing was shown as firing here since the last resolve, so another resolve is no news.
  const notifiedBefore = record.lastShownFiring === false && !mayThinkItFires(record);
  const sent = record.resolvedSeq >= message.effect.seq || notifiedBefore;
  // Even a place without any message receives the end: its page may have failed there for good.
  if (!hasRoot(situation)) {
    if (sent) return superseded('its end was sent already');
    return record.digest ? { do: 'digest', startedAt: record.digest.startedAt } : { do: 'post' };
  }
  const updateRoot = isStale(situation);
  if (sent && !updateRoot) return superseded('its end was sent already');
  return { do: 'edit', reply: sent ? 'none' : 'quiet', updateRoot };
}

function decidePing(situation: Situation): Plan {
  const { message, incident, record } = situation;
  const { reason, seq } = message.effect;
  const sent = wasPaged(message, record, incident);
  const done = findAlreadyShown(situation);
  // Flapping is news in either state, because it suppresses the resolves that follow (docs/rules.md#rule-6).
  const flaps = reason === 'flapping' && incident.flapping.since !== undefined;
  if (!isFiring(incident) && !flaps) {
    if (sent) return done;
    if (reason === 'reminder' || reason === 'escalated') return superseded('nothing fires any more');
    // The first message here: shown as resolved, without interrupting anybody.
    return record.lastSeq === 0 ? { do: 'post' } : superseded('it resolved before this could be sent');
  }
  if (isTaken(situation) && !sent) return superseded(acknowledged);
  if (!hasRoot(situation)) {
    if (sent) return done;
    // A page that was planned for a digest goes there. Later news has a message of its own.
    const { digest } = record;
    return digest?.seq === seq ? { do: 'digest', startedAt: digest.startedAt } : { do: 'post' };
  }
  const updateRoot = isStale(situation);
  if (sent && !updateRoot) return done;
  return { do: 'edit', reply: sent ? 'none' : 'broadcast', updateRoot };
}

/** A reminder after an acknowledgement is superseded: news that the acknowledgement does not cover has its own page. */
function isTaken({ message: { effect }, incident: { ack } }: Situation): boolean {
  return effect.reason === 'reminder' && ack !== undefined && ack.at > effect.at;
}

function findAlreadyShown({ message: { effect }, record }: Situation): Plan {
  const { caughtUp } = record;
  if (caughtUp !== undefined && effect.seq > caughtUp.from && effect.seq <= caughtUp.seq)
    return superseded(late);
  if (record.lastPingSeq === effect.seq || caughtUp?.from === effect.seq) return { do: 'notified' };
  return superseded(effect.tier < record.lastTier ? 'a higher tier was notified' : 'a later notice said it');
}

function decideQuiet(situation: Situation): Plan {
  const { message, record, abilities } = situation;
  if (message.effect.seq <= record.lastSeq) return superseded('what stands there already shows it');
  if (record.digest && record.root === undefined) {
    return { do: 'digest', startedAt: record.digest.startedAt };
  }
  if (hasRoot(situation)) return { do: 'edit', reply: 'none', updateRoot: true };
  if (!abilities.edit && abilities.skipsQuiet !== undefined) return superseded(abilities.skipsQuiet);
  return { do: 'post' };
}

/** Whether the incident has a message there that later news edit and answer. */
function hasRoot({ abilities, record }: Situation): boolean {
  return abilities.edit && record.root !== undefined;
}

/** Whether the incident is newer than what stands there. */
function isStale({ message, incident, record }: Situation): boolean {
  return message.effect.seq > record.lastSeq || incident.version > record.lastSeq;
}

/** A run that died may have shown it as firing. A superfluous end is better than a missing one. */
function mayThinkItFires(record: DestinationRecord): boolean {
  return record.lastShownFiring === true || record.uncertainSends?.firing === true;
}

/** Whether people read there that it fires: in the last message, or in an outdated root or digest. */
export function showsFiring(record: DestinationRecord, { version }: Incident): boolean {
  const stands = record.root !== undefined || record.digest !== undefined;
  return mayThinkItFires(record) || (stands && record.lastSeq < version);
}

/** Whether the plan sends a new message; false: it only edits one. */
export function sendsMessage(plan: SendPlan): boolean {
  return plan.do !== 'edit' || plan.reply !== 'none';
}

function superseded(why: string): Plan {
  return { do: 'superseded', why };
}
