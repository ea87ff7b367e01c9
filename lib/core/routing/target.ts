/**
 * One destination of a notice with its addressees. Targets with the same `destination` are one physical place
 * and are merged.
 */
export type Target = {
  /** The channel's name. */
  channel: string;
  /** Unique over all channels: the channel's name alone, or with the place, as `slack:#cryptofunk-alerts`. */
  destination: string;
  /** The place in the channel's own words. Addresses where the channel addresses each reader, as by mail. */
  to: string | string[];
  /** Whom a message interrupts there, in the channel's own form; absent where `to` has the addresses. */
  mentions?: string[];
};

/** The name of the channel that a destination belongs to. */
export function getChannelName(destination: string): string {
  return destination.split(':', 1)[0] ?? destination;
}

/** `#cryptofunk-alerts` of `slack:#cryptofunk-alerts`; a destination without a place is its own name. */
export function formatDestination(destination: string): string {
  return destination.slice(destination.indexOf(':') + 1);
}

/** Whom a message to the target calls, in a form that can be compared. */
export function listCalled({ to, mentions = [] }: Target): string[] {
  return Array.isArray(to) ? to.map((address) => address.toLowerCase()) : mentions;
}

/** Two targets of one destination as one: the people of both, each once. */
export function uniteTargets(one: Target, other: Target): Target {
  if (Array.isArray(one.to)) {
    const known = new Set(listCalled(one));
    return { ...one, to: [...one.to, ...[other.to].flat().filter((each) => !known.has(each.toLowerCase()))] };
  }
  return { ...one, mentions: [...new Set([...listCalled(one), ...listCalled(other)])] };
}

/** The target without the people whom a message there interrupts by name. Readers by address stay. */
export function interruptNobody(target: Target): Target {
  return Array.isArray(target.to) ? target : { ...target, mentions: [] };
}

/** The target with only those of its people that `keep` has, by addresses in the target's own form. */
export function callOnly(target: Target, keep: string[]): Target {
  if (Array.isArray(target.to)) {
    const kept = new Set(keep.map((address) => address.toLowerCase()));
    return { ...target, to: target.to.filter((address) => kept.has(address.toLowerCase())) };
  }
  const kept = new Set(keep);
  return { ...target, mentions: listCalled(target).filter((each) => kept.has(each)) };
}
