import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/standing.ts';
import type { DeliverMessage, DestinationRecord } from './delivery.ts';

/** What the destination can do: mail and webhooks can neither edit nor thread. */
export type Abilities = 'edits' | 'posts' | 'mails';

/**
 * What to do with one message for one destination.
 * - `superseded`: it is not news any more; `why` goes into the history
 * - `post`: a message of its own (a Slack root, a webhook post, a mail)
 * - `edit`: into the root that stands there: a reply below it, an edit of it, or both, in that order
 */
export type Plan =
  | { do: 'superseded'; why: string }
  | { do: 'post' }
  | { do: 'edit'; reply: 'none' | 'quiet' | 'broadcast'; updateRoot: boolean };

/**
 * Decides from the current state, never from the state in which the notice was decided (design.md, "Queues").
 * It is also what makes a repeat harmless: what a destination was told is in its record.
 */
export function decide(
  message: DeliverMessage,
  incident: Incident,
  record: DestinationRecord,
  abilities: Abilities,
): Plan {
  const firing = isFiring(incident);
  const stale = message.seq > record.lastSeq || incident.version > record.lastSeq;

  if (message.reason === 'resolved' || message.reason === 'closed') {
    return decideResolve(message, record, abilities, firing, stale);
  }
  if (message.ping) return decidePing(message, record, abilities, firing, stale);
  return decideQuiet(message, record, abilities);
}

function decideResolve(
  message: DeliverMessage,
  record: DestinationRecord,
  abilities: Abilities,
  firing: boolean,
  stale: boolean,
): Plan {
  if (firing) return superseded('it fires again');
  // Nothing was told as firing here since the last resolve was: another one would be news to nobody.
  const toldBefore = record.resolvedSeq > 0 && record.lastPingSeq <= record.resolvedSeq;
  const told = record.resolvedSeq >= message.seq || toldBefore;
  if (abilities !== 'edits') return told ? superseded('its end was told already') : { do: 'post' };
  if (record.rootTs === undefined) return told ? superseded('its end was told already') : { do: 'post' };
  if (told && !stale) return superseded('its end was told already');
  return { do: 'edit', reply: told ? 'none' : 'quiet', updateRoot: stale };
}

function decidePing(
  message: DeliverMessage,
  record: DestinationRecord,
  abilities: Abilities,
  firing: boolean,
  stale: boolean,
): Plan {
  const told = record.lastPingSeq >= message.seq;
  if (!firing) {
    const calls = message.reason === 'reminder' || message.reason === 'escalated';
    if (calls) return superseded('nothing fires any more');
    // The first word at this place: it is told as resolved, without interrupting anybody.
    const firstWord = record.lastSeq === 0;
    if (firstWord && record.resolvedSeq < message.seq) return { do: 'post' };
    return superseded('it resolved before this could be told');
  }
  if (message.reason === 'escalated' && message.tier < record.lastTier && record.lastPingSeq > message.seq) {
    return superseded('a higher tier was told');
  }
  if (abilities !== 'edits' || record.rootTs === undefined) {
    return told ? superseded('a later notice said it') : { do: 'post' };
  }
  if (told && !stale) return superseded('a later notice said it');
  return { do: 'edit', reply: told ? 'none' : 'broadcast', updateRoot: stale };
}

function decideQuiet(message: DeliverMessage, record: DestinationRecord, abilities: Abilities): Plan {
  if (message.seq <= record.lastSeq) return superseded('what stands there already shows it');
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

function superseded(why: string): Plan {
  return { do: 'superseded', why };
}
