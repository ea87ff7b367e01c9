import type { Incident } from '../../lib/core/incident/incident.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import type { Player } from './play-history.ts';

/*
 * Faults of the system that the suite must find; `PLANTED_FAULT=<name> npm run test:model` shows it red. Names:
 * forgotten-claims, early-tiers, lost-effects, dropped-resolves, ignored-silences, forgotten-acknowledgements,
 * stale-deliveries.
 */
type Plant = (player: Player) => void;

/** The record of what a place was notified is not kept. */
function forgetClaims({ world: { destinations } }: Player): void {
  const { save } = destinations;
  destinations.save = (incidentId, record, holder) =>
    save(incidentId, { ...record, lastPingSeq: 0, lastSeq: 0 }, holder);
}

/** The clock of the tick is four minutes ahead. */
function tickEarly(player: Player): void {
  const { clock } = player.world;
  const { tick } = player;
  player.tick = async () => {
    const { now } = clock;
    clock.now = () => now() + 4 * MINUTE;
    try {
      return await tick.call(player);
    } finally {
      clock.now = now;
    }
  };
}

/** The diagnose queue says that it took what it dropped, once in five. */
function loseEffects({ world: { effects } }: Player): void {
  const { publish } = effects;
  let count = 0;
  effects.publish = async (incident, given) => {
    count += 1;
    if (count % 5 !== 0) return publish(incident, given);
    return given.length;
  };
}

/** A resolve is answered as if it were stored, and is not. */
function dropResolves({ world: { incidents } }: Player): void {
  const { write } = incidents;
  incidents.write = async (incident, expectedVersion) => {
    if (incident.status === 'resolved' && incident.resolution === 'alerts' && !incident.neverFired)
      return 'written';
    return write(incident, expectedVersion);
  };
}

/** Silenced alerts are read as active. */
function ignoreSilences(player: Player): void {
  const { tick } = player;
  player.tick = () => {
    const listed = player.alertmanager;
    if (Array.isArray(listed)) {
      player.alertmanager = listed.map((each) =>
        typeof each === 'string' ? each : { ...each, state: 'active' as const },
      );
    }
    return tick.call(player);
  };
}

/** An acknowledgement is notified, and not stored. */
function forgetAcknowledgements({ world: { incidents } }: Player): void {
  const { write } = incidents;
  incidents.write = (incident, expectedVersion) => {
    const { ack: _, ...rest } = incident;
    return write(rest, expectedVersion);
  };
}

/** A delivery sees the incident as it was one version ago. */
function deliverStale({ world: { incidents } }: Player): void {
  const { write, get } = incidents;
  const before = new Map<string, Incident>();
  incidents.write = async (incident, expectedVersion) => {
    const known = await get(incident.id);
    if (known) before.set(incident.id, known);
    return write(incident, expectedVersion);
  };
  incidents.get = async (id) => before.get(id) ?? get(id);
}

export const plantedFaults: Record<string, Plant> = {
  'forgotten-claims': forgetClaims,
  'early-tiers': tickEarly,
  'lost-effects': loseEffects,
  'dropped-resolves': dropResolves,
  'ignored-silences': ignoreSilences,
  'forgotten-acknowledgements': forgetAcknowledgements,
  'stale-deliveries': deliverStale,
};
