import type { DeliverMessage } from '../../lib/core/delivery/deliver-message-schema.ts';
import { isFiring } from '../../lib/core/incident/status.ts';
import type { FirstResponder } from '../support/harness/first-responder.ts';
import type { Millis } from './history.ts';

/** One message that reached a place, edits of earlier ones included. */
export type Telling = {
  at: Millis;
  destination: string;
  effectId: string;
  /** It came here because another place did not take it. */
  failedOver: boolean;
  reason: string;
  /** `edit`: of a message that stands there, which interrupts nobody. */
  as: 'post' | 'reply' | 'edit' | 'mail';
  /** The incident's version that it shows. */
  shows: number;
  /** Whether it calls people: a mention, or a mail of its own. */
  calls: boolean;
  /** The state at that moment: a message may go out while something fires, or while it flaps. */
  fired: boolean;
};

/** The messages that reach people, and the runs that died after they had sent one. */
export type Tellings = {
  readonly all: Telling[];
  /** By effect and destination, how many runs may have sent it without knowing. */
  readonly diedInFlight: Map<string, number>;
  /** Runs the delivery of a message, and keeps what reaches people meanwhile. */
  during<T>(message: DeliverMessage, deliver: () => Promise<T>): Promise<T>;
};

type Sent = { effectId: string; destination: string; failedOver?: boolean };

export function keyOf({ effectId, destination, failedOver }: Sent): string {
  return `${effectId} ${destination}${failedOver ? ' instead of another place' : ''}`;
}

export function createTellings(system: FirstResponder): Tellings {
  const all: Telling[] = [];
  const diedInFlight = new Map<string, number>();

  return {
    all,
    diedInFlight,
    async during(message, deliver) {
      const calls = system.slack.calls.length;
      const mails = system.mail.sent.length;
      const posted = system.slack.posted.length;
      const arrived = () => system.slack.posted.length > posted || system.mail.sent.length > mails;
      const at = system.now;
      const incident = system.world.incidents.items.get(message.incidentId);
      const fired = incident !== undefined && (isFiring(incident) || incident.flapping.since !== undefined);
      const shows = incident?.version ?? 0;
      let died = true;
      try {
        const result = await deliver();
        died = false;
        return result;
      } finally {
        if (message.kind === 'notice') {
          const { effect, target, failover } = message;
          const about = {
            at,
            destination: target.destination,
            effectId: effect.id,
            failedOver: failover !== undefined,
            reason: effect.reason,
            fired,
            shows,
          };
          for (const call of system.slack.calls.slice(calls)) {
            const as = call.kind === 'update' ? 'edit' : call.kind;
            all.push({ ...about, as, calls: as !== 'edit' && mentions(call.message) });
          }
          for (const { subject } of system.mail.sent.slice(mails)) {
            all.push({ ...about, as: 'mail', calls: !subject.includes('RESOLVED') });
          }
          const key = keyOf(about);
          if (died && arrived()) diedInFlight.set(key, (diedInFlight.get(key) ?? 0) + 1);
        }
      }
    },
  };
}

function mentions(message: { blocks: unknown; text: string }): boolean {
  return /<!channel>|<!here>|<@\w+>|<!subteam\^\w+>/.test(JSON.stringify(message));
}
