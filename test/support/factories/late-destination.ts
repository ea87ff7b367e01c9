import { addCatchUp } from '../../../lib/core/delivery/already-notified.ts';
import { buildCatchUpMessage } from '../../../lib/core/delivery/catch-up-message.ts';
import { decide, showsFiring } from '../../../lib/core/delivery/decide.ts';
import type { NoticeMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import { updateRecord } from '../../../lib/core/delivery/delivered-record.ts';
import { createDestinationRecord, type DestinationRecord } from '../../../lib/core/delivery/delivery.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { isFiring } from '../../../lib/core/incident/status.ts';
import { composeNotice } from '../../../lib/core/notice/compose.ts';
import { formatState } from '../../../lib/core/notice/plain-notice.ts';
import { routeNotice, toRoutedNotice } from '../../../lib/core/routing/route-notice.ts';
import { listCalled, type Target } from '../../../lib/core/routing/target.ts';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { Scenario } from '../harness/incident-scenario.ts';
import { catalog as createCatalog, runbook } from './catalog.ts';
import { type AbilitiesName, abilitiesOf, configuredChannels, toRoutes } from './configured-channels.ts';
import { deliverMessage } from './deliver-message.ts';

const catalog = createCatalog();
const channels = toRoutes(configuredChannels);

/**
 * One thing people heard there: a message of its own or a reply, whether it spoke of something that fires, and the
 * state with which its title begins.
 */
type Word = Pick<Effect, 'seq' | 'reason' | 'ping'> & { firing: boolean; says: string; calls: string[] };

/** A notice on its way there. */
type Waiting = Effect & { target: Target };

type Episode = {
  /** The present incident. */
  incident: Incident;
  notices: Waiting[];
  /** Not delivered yet, oldest first. */
  waiting: Waiting[];
  /** Waits for a fault of the configuration to be mended. */
  setAside: Waiting[];
  record: DestinationRecord;
  words: Word[];
};

type Options = {
  /** Whether late pages say what happened meanwhile, and whether the other channel has called people by then. */
  catchUp?: { calledElsewhere: boolean };
};

/** One destination whose notices arrive in order, but late, and more than once: what its message group allows. */
export class LateDestination {
  /** Nothing is taken there, because of a fault of the configuration. */
  isMisconfigured = false;
  private readonly scenario = new Scenario();
  private readonly byId = new Map<string, Episode>();
  private readonly abilities: AbilitiesName;
  private readonly options: Options;

  constructor(abilities: AbilitiesName, options: Options = {}) {
    this.abilities = abilities;
    this.options = options;
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
    const decided = effects.slice(known).filter((effect) => effect.kind === 'notify');
    const notices = decided.map((effect) => ({ ...effect, target: this.route(effect, incident) }));
    episode.notices.push(...notices);
    episode.waiting.push(...notices);
    this.byId.set(incident.id, episode);
  }

  /** The next notice of each episode arrives; `repeated`: its message comes again right after. */
  deliver(repeated: boolean, now: Millis): void {
    for (const episode of this.byId.values()) {
      for (const queue of [episode.waiting, episode.setAside]) {
        const notice = queue[0];
        if (!notice) continue;
        const becomes = this.tell(episode, notice, now);
        if (repeated && becomes === 'done') this.tell(episode, notice, now);
        if (becomes === 'again' || (becomes === 'set aside' && queue === episode.setAside)) continue;
        queue.shift();
        if (becomes === 'set aside') episode.setAside.push(notice);
      }
    }
  }

  deliverAll(now: Millis): void {
    while (this.episodes.some(({ waiting, setAside }) => waiting.length + setAside.length > 0))
      this.deliver(false, now);
  }

  private tell(episode: Episode, notice: Waiting, now: Millis): 'done' | 'again' | 'set aside' {
    const { incident, record } = episode;
    const { seq, at, reason, ping, tier, tiers, flappingOver, target } = notice;
    const message = deliverMessage(`notice ${seq}`, {
      seq,
      at,
      reason,
      ping,
      tier,
      tiers,
      flappingOver,
      target,
    });
    const plan = decide({ message, incident, record, abilities: abilitiesOf[this.abilities], now });
    if (plan.do === 'superseded' || plan.do === 'notified') return 'done';
    if (this.isMisconfigured) {
      if (isFiring(incident)) return 'again';
      return showsFiring(record, incident) ? 'set aside' : 'done';
    }

    const notified = plan.do !== 'edit' || plan.reply !== 'none';
    const late = notified ? this.catchUp(message, incident, now) : undefined;
    const sent = late?.message ?? message;
    const ref = this.abilities === 'edits' ? { ref: { channelId: 'C1', ts: '1.1' } } : {};
    const after = updateRecord(record, sent, incident, { notified, rootCurrent: true, ...ref });
    episode.record = late ? addCatchUp(after, late, incident) : after;
    const calls = listCalled(sent.target);
    const says = sayState(incident, sent, now);
    if (notified) episode.words.push({ seq, reason, ping, firing: isFiring(incident), says, calls });
    return 'done';
  }

  private catchUp(message: NoticeMessage, incident: Incident, now: Millis) {
    if (this.options.catchUp === undefined) return undefined;
    const { calledElsewhere } = this.options.catchUp;
    const elsewhere = { records: calledElsewhere ? [{ lastTier: 3 }] : [], hasLists: true };
    return buildCatchUpMessage(catalog, channels, message, incident, { now, elsewhere });
  }

  private route({ reason, ping, tiers, at }: Effect, incident: Incident): Target {
    const destination = this.abilities === 'mails' ? 'email' : 'slack:#cryptofunk-critical';
    const targets = routeNotice(
      catalog,
      channels,
      toRoutedNotice(catalog, incident, { reason, ping, tiers, at }),
    );
    const own = targets.find((target) => target.destination === destination);
    return own ?? { channel: 'slack', destination, to: '#cryptofunk-critical', mentions: [] };
  }
}

function sayState(incident: Incident, { effect: cause }: NoticeMessage, now: Millis): string {
  const notice = { incident, details: [], runbook: runbook(), cause, notified: { names: [] }, now };
  return formatState(composeNotice(notice));
}

function neverNotified(incident: Incident): Episode {
  return {
    incident,
    notices: [],
    waiting: [],
    setAside: [],
    record: createDestinationRecord('slack:#cryptofunk-critical'),
    words: [],
  };
}
