import { addCatchUp, recordLateNotice } from '../../core/delivery/already-notified.ts';
import type { CalledElsewhere } from '../../core/delivery/called-elsewhere.ts';
import { buildCatchUpMessage, type CatchUp, isLatePage } from '../../core/delivery/catch-up-message.ts';
import { findCalledElsewhere, listOtherDestinations } from '../../core/delivery/catch-up-target.ts';
import type { NoticeMessage } from '../../core/delivery/deliver-message-schema.ts';
import type { DestinationRecord } from '../../core/delivery/delivery.ts';
import type { DestinationStore } from '../../core/delivery/delivery-stores.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { FailOverPorts } from './fail-over.ts';

export type CatchUpPorts = Pick<FailOverPorts, 'catalog' | 'channels' | 'clock' | 'log'> & {
  destinations: Pick<DestinationStore, 'read'>;
};

/**
 * Builds the late page that says what happened meanwhile. If it cannot be routed, the page is sent as it was decided,
 * and so is each page behind it.
 */
export async function catchUp(
  ports: CatchUpPorts,
  message: NoticeMessage,
  incident: Incident,
): Promise<CatchUp | undefined> {
  const { catalog, channels, clock, log } = ports;
  if (!isLatePage(message, incident, clock.now())) return undefined;
  try {
    const elsewhere = await readCalledElsewhere(ports, message, incident);
    return buildCatchUpMessage(catalog, channels, message, incident, { now: clock.now(), elsewhere });
  } catch (error) {
    log.error('a late page does not say what happened meanwhile', { incidentId: incident.id, error });
    return undefined;
  }
}

/** The destination's record after a send; if that was a late page, it also covers the pages behind it. */
export function recordCatchUp(
  { clock }: Pick<CatchUpPorts, 'clock'>,
  { before, after }: { before: DestinationRecord; after: DestinationRecord },
  { message, incident, late }: { message: NoticeMessage; incident: Incident; late: CatchUp | undefined },
): DestinationRecord {
  const { seq } = message.effect;
  if (after.lastPingSeq < seq || before.lastPingSeq >= seq) return after;
  if (late !== undefined) return addCatchUp(after, late, incident);
  return isLatePage(message, incident, clock.now()) ? recordLateNotice(after, message, incident) : after;
}

/** Asked only about an incident that was more severe. When it cannot be read, people are called once more. */
async function readCalledElsewhere(
  { catalog, channels, destinations }: CatchUpPorts,
  message: NoticeMessage,
  incident: Incident,
): Promise<CalledElsewhere> {
  const others = listOtherDestinations(catalog, channels, message, incident);
  const records = await Promise.all(
    others.map((destination) => destinations.read(incident.id, destination).catch(() => undefined)),
  );
  const known = records.filter((record) => record !== undefined);
  return findCalledElsewhere(catalog, channels, message, incident, known);
}
