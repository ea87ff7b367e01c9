import type { Incident } from '../incident/incident.ts';
import { formatUtc, type Millis } from '../shared/time.ts';
import type { NewsEntry } from './timeline.ts';

/**
 * What the incident's state knows of itself and no entry tells: an entry may still be on its way, may have been lost,
 * or be older than what was read. Each version writes one entry with its own time, so that time tells whether there
 * is one.
 */
export function listStateFacts(incident: Incident, notified: ReadonlySet<Millis>): NewsEntry[] {
  const { muted } = incident;
  const facts = [
    ...lifeFacts(incident),
    ...acknowledgementFacts(incident),
    ...tierFacts(incident),
    ...quietFacts(incident),
  ];
  const known = new Set(notified);
  const missing = facts.filter(({ at }) => {
    if (known.has(at)) return false;
    known.add(at);
    return true;
  });
  if (muted !== undefined) {
    // No entry tells it: the ones that it keeps from people do, one by one.
    const summary = `Muted by a maintenance until ${formatUtc(muted.until)}.`;
    missing.push({ ...fact('muted', muted.since, summary), what: 'muted' });
  }
  return missing;
}

function lifeFacts(incident: Incident): NewsEntry[] {
  const { openedAt, resolvedAt, resolvedBy, resolution, reopenedAt } = incident;
  const facts = [fact('opened', openedAt, 'Opened.')];
  for (const at of reopenedAt) facts.push(fact('reopened', at, 'Fires again.'));
  if (resolvedAt !== undefined) {
    const by = resolvedBy === undefined ? '' : ` by ${resolvedBy}`;
    const what = resolution === 'vanished' ? 'closed' : 'resolved';
    const summary = what === 'closed' ? 'Closed: Alertmanager no longer has its alerts.' : `Resolved${by}.`;
    facts.push({
      ...fact(what, resolvedAt, summary),
      ...(resolvedBy === undefined ? {} : { by: resolvedBy }),
    });
  }
  return facts;
}

function acknowledgementFacts({ ack, firstAcknowledgedAt }: Incident): NewsEntry[] {
  const facts: NewsEntry[] = [];
  if (ack !== undefined) {
    const { by, note, at } = ack;
    facts.push({
      ...fact('acknowledged', at, `Acknowledged by ${by}${note === undefined ? '' : `: ${note}`}.`),
      kind: 'acknowledgement',
      by,
      ...(note === undefined ? {} : { note }),
    });
  }
  if (firstAcknowledgedAt !== undefined) {
    const first = fact('acknowledged', firstAcknowledgedAt, 'Acknowledged for the first time.');
    facts.push({ ...first, kind: 'acknowledgement' });
  }
  return facts;
}

function tierFacts({ tierPages: calls = [] }: Incident): NewsEntry[] {
  return calls
    .filter(({ tier }) => tier > 1)
    .map(({ tier, firstAt }) => ({
      ...fact('escalated', firstAt, `L${tier} was called.`),
      kind: 'tier',
      tier,
    }));
}

function quietFacts({ silence, pausedSince, flappingSince }: Incident): NewsEntry[] {
  const facts: NewsEntry[] = [];
  if (flappingSince !== undefined) facts.push(fact('flapping', flappingSince, 'It flaps.'));
  if (pausedSince !== undefined) {
    facts.push(fact('updated', pausedSince, 'Every alert is silenced or inhibited: escalation pauses.'));
  }
  if (silence !== undefined) {
    const summary = `Silenced in Alertmanager until ${formatUtc(silence.until)} by ${silence.by}.`;
    facts.push({ ...fact('updated', silence.at, summary), by: silence.by });
  }
  return facts;
}

function fact(what: NewsEntry['what'], at: Millis, summary: string): NewsEntry {
  return { id: `state:${what}:${at}`, kind: 'incident', what, at, summary };
}
