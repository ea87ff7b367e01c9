import type { RunbookCatalog } from '../runbook/runbook.ts';
import { type ChannelRoutes, findChannel } from './channel-routes.ts';
import { type RoutedNotice, routeNotice } from './route-notice.ts';
import type { Target } from './target.ts';

/**
 * Another target for a notice that `failing` does not accept: the loudest of the notice's own targets in another
 * channel that people read, else what reaches everybody there, in the order of the channels. With `nearby`, another
 * target of the failing channel is preferred, for news that is not worth an interruption elsewhere. `undefined`:
 * nothing else is configured.
 */
export function findFailoverTarget(
  catalog: RunbookCatalog,
  channels: readonly ChannelRoutes[],
  notice: RoutedNotice,
  failing: Target,
  nearby: boolean,
): Target | undefined {
  const targets = routeNotice(catalog, channels, notice).filter(
    (target) => target.destination !== failing.destination,
  );
  const own = findChannel(channels, failing.channel);
  const near = own.readBy === 'people' ? findLoudest(own, targets) : undefined;
  if (nearby && near) return near;
  for (const other of channels) {
    if (other === own || other.readBy !== 'people') continue;
    const found = findLoudest(other, targets) ?? other.reachEverybody?.(catalog);
    if (found !== undefined) return found;
  }
  return near;
}

function findLoudest(channel: ChannelRoutes, targets: Target[]): Target | undefined {
  return targets
    .filter((target) => target.channel === channel.channel)
    .toSorted((a, b) => channel.getLoudness(b) - channel.getLoudness(a))[0];
}
