import type { Tier } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/standing.ts';
import { durationWords } from '../notice/time-words.ts';
import { type ConfiguredChannels, type RoutedNotice, routeNotice } from '../routing/route-notice.ts';
import type { Target } from '../routing/target.ts';
import { type RunbookCatalog, runbookFor } from '../runbook/runbook.ts';
import type { Millis } from '../shared/time.ts';
import type { DeliverMessage } from './delivery.ts';
import { FALL_BACK_AFTER } from './fall-back.ts';

/**
 * A page that comes so late that people have been called again since: it says so, calls everybody whom the tiers have
 * called meanwhile, and what waits behind it is told by it. `undefined`: it is in time.
 */
export function lateMessage(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  message: DeliverMessage,
  incident: Incident,
  now: Millis,
): DeliverMessage | undefined {
  const { instead, muted, ping, at } = message;
  if (!ping || instead || muted !== undefined || !isFiring(incident)) return undefined;
  const calledSince = (incident.calls ?? []).some(({ lastAt }) => lastAt > at);
  if (now - at < FALL_BACK_AFTER || !calledSince) return undefined;
  const escalated = incident.tier > message.tier;

  const { tier } = incident;
  const late: DeliverMessage = {
    ...message,
    reason: escalated ? 'escalated' : incident.reminded ? 'reminder' : message.reason,
    // Whatever was found last, not what was found for a page that nobody has seen.
    effectId: `${incident.id}:${incident.version}`,
    tier: escalated ? tier : message.tier,
    tiers: ([1, 2, 3] as const).filter((each) => each <= tier),
    summary: lateWords(message, incident, now),
  };
  return { ...late, target: lateTarget(catalog, channels, late, incident) };
}

/** `Opened by 1 alert. Told 35 min late; meanwhile nobody has acknowledged it, and it was escalated to L2.` */
function lateWords({ summary, at, tier }: DeliverMessage, incident: Incident, now: Millis): string {
  const meanwhile = [
    ...(incident.ack === undefined ? ['nobody has acknowledged it'] : []),
    ...(incident.tier > tier ? [`it was escalated to L${incident.tier}`] : []),
  ];
  const what = meanwhile.length > 0 ? `; meanwhile ${meanwhile.join(', and ')}` : '';
  return `${summary} Told ${durationWords(now - at)} late${what}.`;
}

/** The same place, with everybody whom the tiers have called so far: who was on call then, and who was for this page. */
function lateTarget(
  catalog: RunbookCatalog,
  channels: ConfiguredChannels,
  { target, reason, ping, tiers, at }: DeliverMessage,
  incident: Incident,
): Target {
  const calls = incident.calls ?? [];
  const notice: Omit<RoutedNotice, 'tiers' | 'at'> = {
    runbook: runbookFor(catalog, incident.alertname),
    severity: incident.severity,
    had: incident.severityHistory.map((entry) => entry.severity),
    reason,
    ping,
    calls,
  };
  const moments: { tiers: Tier[]; at: Millis }[] = [
    { tiers, at },
    ...calls.flatMap(({ tier, firstAt, lastAt }) =>
      [...new Set([firstAt, lastAt])].map((when) => ({ tiers: [tier], at: when })),
    ),
  ];
  return moments
    .flatMap((moment) => routeNotice(catalog, channels, { ...notice, ...moment }))
    .filter(({ destination }) => destination === target.destination)
    .reduce(united, target);
}

function united(one: Target, other: Target): Target {
  if (one.channel === 'slack' && other.channel === 'slack') {
    return { ...one, mentions: [...new Set([...one.mentions, ...other.mentions])] };
  }
  if (one.channel === 'email' && other.channel === 'email') {
    const known = new Set(one.to.map((address) => address.toLowerCase()));
    return { ...one, to: [...one.to, ...other.to.filter((address) => !known.has(address.toLowerCase()))] };
  }
  return one;
}
