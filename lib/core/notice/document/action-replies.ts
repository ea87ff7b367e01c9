import type { ChangesSince } from '../../incident/changes-since.ts';
import type { Incident } from '../../incident/incident.ts';
import type { SilenceMatcher } from '../../incident/silencer.ts';
import type { Millis } from '../../shared/time.ts';
import type { Line } from './document-types.ts';
import { formatAgo, formatDuration } from './format-time.ts';

/**
 * The private reply to an action under a message: what was done, or why nothing was. Lines, because times are shown in
 * the reader's zone. The renderer escapes labels.
 */

const MAX_MATCHERS = 8;

function unknownIncident(): Line {
  return ['This incident is not known here any more; it may be older than what is kept.'];
}

/** `changes`: what came after the message that the person saw; it pages by itself. */
function acknowledgedNow(changes: ChangesSince): Line {
  const since = formatChanges(changes);
  if (since === undefined) return ['Acknowledged: it is yours.'];
  return [`Acknowledged: what your message showed is yours. Since then ${since}, which pages by itself.`];
}

function acknowledgedBefore(ack: { by: string; at: Millis }, by: string, now: Millis): Line {
  const ago = formatAgo(now - ack.at);
  if (ack.by === by) return [`You have acknowledged it already, ${ago} ago.`];
  return [`Already acknowledged by ${ack.by} ${ago} ago.`];
}

function overAlready(incident: Incident, by: string, now: Millis): Line {
  const ago = incident.resolvedAt === undefined ? 'already' : `${formatAgo(now - incident.resolvedAt)} ago`;
  if (incident.resolution === 'hand' && incident.resolvedBy !== undefined) {
    const who = incident.resolvedBy === by ? 'You' : incident.resolvedBy;
    return [`${who} resolved it ${ago}; nothing to do.`];
  }
  return [`It resolved ${ago}; nothing to do.`];
}

function resolvedNow(reopenWindow: Millis): Line {
  const within = formatDuration(reopenWindow);
  return [
    `Resolved by you. If its alerts still fire after ${within}, it reopens; a new alert reopens it at once.`,
  ];
}

/** Nothing was done, because the action was about an older state. */
function changedMeanwhile(changes: ChangesSince): Line {
  const since = formatChanges(changes) ?? 'it has changed';
  return [
    `Nothing was done: since the message that you pressed ${since}. Look at it again, then press again.`,
  ];
}

function nothingChanged(): Line {
  return ['Nothing was to be changed.'];
}

function silencedNow(silence: {
  until: Millis;
  extended: boolean;
  covered: number;
  firing: number;
  matchers: SilenceMatcher[];
}): Line {
  const { until, extended, covered, firing, matchers } = silence;
  const howMany =
    covered === firing
      ? firing === 1
        ? 'the alert'
        : `all ${firing} alerts`
      : `${covered} of ${firing} alerts`;
  return [
    extended ? 'Your silence now lasts until ' : 'Silenced until ',
    { time: until },
    `: ${howMany} with `,
    ...matcherWords(matchers),
    '. Anything else pages as before.',
  ];
}

function silencedBefore(until: Millis, who: string, by: string): Line {
  return [
    who === by ? 'You have silenced it already, until ' : `Already silenced by ${who}, until `,
    { time: until },
    '.',
  ];
}

/** Silencing failed; the incident goes on as before. */
function notSilenced(reason: string): Line {
  return [`It could not be silenced: ${reason}. Nothing has changed; notices go on.`];
}

/** The person gets no reply after some seconds; the action may still succeed. */
function tooLate(): Line {
  return ['This takes longer than it should. If the message does not change within a minute, press again.'];
}

function failed(): Line {
  return ['That could not be done: something failed on this side. Press again in a moment.'];
}

function formatChanges({ alerts, raisedTo }: ChangesSince): string | undefined {
  const joined = alerts === 0 ? [] : [`${alerts} ${alerts === 1 ? 'alert has' : 'alerts have'} joined`];
  const raised = raisedTo === undefined ? [] : [`it was raised to ${raisedTo}`];
  const words = [...joined, ...raised].join(' and ');
  return words === '' ? undefined : words;
}

function matcherWords(matchers: SilenceMatcher[]): Line {
  const words = matchers
    .slice(0, MAX_MATCHERS)
    .flatMap(
      ({ name, value }, index): Line => [...(index === 0 ? [] : [', ']), { code: `${name}="${value}"` }],
    );
  const more = matchers.length - MAX_MATCHERS;
  return more > 0 ? [...words, ` and ${more} more labels`] : words;
}

/** The private replies, by the outcome of an action. */
export const actionReplies = {
  unknownIncident,
  acknowledgedNow,
  acknowledgedBefore,
  overAlready,
  resolvedNow,
  changedMeanwhile,
  nothingChanged,
  silencedNow,
  silencedBefore,
  notSilenced,
  tooLate,
  failed,
};
