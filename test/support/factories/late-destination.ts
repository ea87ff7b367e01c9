import { type Abilities, decide } from '../../../lib/core/delivery/decide.ts';
import { updateRecord } from '../../../lib/core/delivery/delivered-record.ts';
import type { DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import type { Effect } from '../../../lib/core/incident/effect.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { isFiring } from '../../../lib/core/incident/status.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { Scenario } from '../harness/incident-scenario.ts';
import { deliverMessage } from './deliver-message.ts';

/** One message at the destination, or one reply, and whether it said that something fires. */
type Word = Pick<Effect, 'seq' | 'reason' | 'ping'> & { firing: boolean };

type Episode = {
  /** The present incident. */
  incident: Incident;
  notices: Effect[];
  delivered: number;
  record: DestinationRecord;
  words: Word[];
};

/** One destination whose notices arrive in order, but late, and more than once: as its message group allows. */
export class LateDestination {
  private readonly scenario = new Scenario();
  private readonly byId = new Map<string, Episode>();
  private readonly abilities: Abilities;

  constructor(abilities: Abilities) {
    this.abilities = abilities;
  }

  get episodes(): Episode[] {
    return [...this.byId.values()];
  }

  /** An event happens to the incident; nothing is delivered yet. */
  happens(act: (scenario: Scenario) => unknown): void {
    const known = this.scenario.effects.length;
    act(this.scenario);
    const { incident, effects } = this.scenario;
    if (!incident) return;
    const episode = this.byId.get(incident.id) ?? neverNotified(incident);
    episode.incident = incident;
    episode.notices.push(...effects.slice(known).filter((effect) => effect.kind === 'notify'));
    this.byId.set(incident.id, episode);
  }

  /** The next notice of each episode arrives; `repeated`: its message comes again right after. */
  deliver(repeated: boolean, now: Millis): void {
    for (const episode of this.byId.values()) {
      const notice = episode.notices[episode.delivered];
      if (!notice) continue;
      episode.delivered += 1;
      this.tell(episode, notice, now);
      if (repeated) this.tell(episode, notice, now);
    }
  }

  deliverAll(now: Millis): void {
    while (this.episodes.some((episode) => episode.delivered < episode.notices.length))
      this.deliver(false, now);
  }

  private tell(episode: Episode, { seq, at, reason, ping, tier }: Effect, now: Millis): void {
    const { incident, record } = episode;
    const message = deliverMessage(`notice ${seq}`, { seq, at, reason, ping, tier });
    const plan = decide(message, incident, record, this.abilities, now);
    if (plan.do === 'superseded' || plan.do === 'notified') return;

    const notified = plan.do !== 'edit' || plan.reply !== 'none';
    const ref = this.abilities === 'edits' ? { ref: { channelId: 'C1', ts: '1.1' } } : {};
    episode.record = updateRecord(record, message, incident, {
      notified: notified,
      rootCurrent: true,
      ...ref,
    });
    if (notified) episode.words.push({ seq, reason, ping, firing: isFiring(incident) });
  }
}

function neverNotified(incident: Incident): Episode {
  const record = { lastSeq: 0, lastPingSeq: 0, lastTier: 0, resolvedSeq: 0, claimUntil: 0 };
  return {
    incident,
    notices: [],
    delivered: 0,
    record: { destination: 'slack:#alerts', ...record },
    words: [],
  };
}
