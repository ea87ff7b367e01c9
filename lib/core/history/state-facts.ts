import type { Incident } from '../incident/incident.ts';
import { formatUtc, type Millis } from '../shared/time.ts';
import type { NewsEntry } from './timeline.ts';

/**
 * Facts of the incident's state without a timeline entry. An entry may be delayed, lost or older than what
 * was read. Each version writes one entry with its own time, so the times show which are missing.
 */
export function listStateFacts(incident: Incident, notified: ReadonlySet<Millis>): NewsEntry[] {
  const { muted } = incident;
  const facts = [
    ...listStatusFacts(incident),
    ...listAcknowledgementFacts(incident),
    ...listTierFacts(incident),
    ...listPauseFacts(incident),
  ];
  const known = new Set(notified);
  const missing = facts.filter(({ at }) => {
    if (known.has(at)) return false;
    known.add(at);
    return true;
  });
  if (muted !== undefined) {
    // No entry records the mute itself; each muted notice has its own entry.
    const summary = `Muted by a maintenance until ${formatUtc(muted.until)}.`;
    missing.push({ ...toEntry('muted', muted.since, summary), what: 'muted' });
  }
  return missing;
}

function listStatusFacts(incident: Incident): NewsEntry[] {
  const { openedAt, resolvedAt, resolvedBy, resolution } = incident;
  const { reopenedAt } = incident.flapping;
  const facts = [toEntry('opened', openedAt, 'Opened.')];
  for (const at of reopenedAt) facts.push(toEntry('reopened', at, 'Fires again.'));
  if (resolvedAt !== undefined) {
    const by = resolvedBy === undefined ? '' : ` by ${resolvedBy}`;
    const what = resolution === 'vanished' ? 'closed' : 'resolved';
    const summary = what === 'closed' ? 'Closed: Alertmanager no longer has its alerts.' : `Resolved${by}.`;
    facts.push({
      ...toEntry(what, resolvedAt, summary),
      by: resolvedBy,
    });
  }
  return facts;
}

function listAcknowledgementFacts({ ack, firstAcknowledgedAt }: Incident): NewsEntry[] {
  const facts: NewsEntry[] = [];
  if (ack !== undefined) {
    const { by, note, at } = ack;
    facts.push({
      ...toEntry('acknowledged', at, `Acknowledged by ${by}${note === undefined ? '' : `: ${note}`}.`),
      kind: 'acknowledgement',
      by,
      note,
    });
  }
  if (firstAcknowledgedAt !== undefined) {
    const first = toEntry('acknowledged', firstAcknowledgedAt, 'Acknowledged for the first time.');
    facts.push({ ...first, kind: 'acknowledgement' });
  }
  return facts;
}

function listTierFacts({ tiers }: Incident): NewsEntry[] {
  return tiers.pages
    .filter(({ tier }) => tier > 1)
    .map(({ tier, firstAt }) => ({
      ...toEntry('escalated', firstAt, `L${tier} was called.`),
      kind: 'tier',
      tier,
    }));
}

function listPauseFacts({
  silence,
  reconcile: { pausedSince },
  flapping: { since: flappingSince },
}: Incident): NewsEntry[] {
  const facts: NewsEntry[] = [];
  if (flappingSince !== undefined) facts.push(toEntry('flapping', flappingSince, 'It flaps.'));
  if (pausedSince !== undefined) {
    facts.push(toEntry('updated', pausedSince, 'Every alert is silenced or inhibited: escalation pauses.'));
  }
  if (silence !== undefined) {
    const summary = `Silenced in Alertmanager until ${formatUtc(silence.until)} by ${silence.by}.`;
    facts.push({ ...toEntry('updated', silence.at, summary), by: silence.by });
  }
  return facts;
}

function toEntry(what: NewsEntry['what'], at: Millis, summary: string): NewsEntry {
  return { id: `state:${what}:${at}`, kind: 'incident', what, at, summary };
}
