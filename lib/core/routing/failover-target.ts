import type { RunbookCatalog } from '../runbook/runbook.ts';
import {
  type ConfiguredChannels,
  listMailAddresses,
  type RoutedNotice,
  routeNotice,
  type Target,
} from './route-notice.ts';

/**
 * Another target for a notice that `failing` does not accept. For a failing Slack channel: the notice's own
 * mail recipients, else every configured list. For failing mail: the loudest Slack channel. With `nearby`, a
 * failing Slack channel prefers another of the notice's Slack channels, for news that is not worth a mail.
 * `undefined`: nothing else is configured.
 */
export function findFailoverTarget(
  catalog: RunbookCatalog,
  configured: ConfiguredChannels,
  notice: RoutedNotice,
  failing: Target,
  nearby: boolean,
): Target | undefined {
  const targets = routeNotice(catalog, configured, notice).filter(
    (target) => target.destination !== failing.destination,
  );
  const loudest = targets
    .filter((target) => target.channel === 'slack')
    .toSorted((a, b) => getLoudness(b) - getLoudness(a))[0];
  if (failing.channel === 'email') return loudest;
  if (nearby && loudest) return loudest;
  return (
    targets.find((target) => target.channel === 'email') ?? mailEveryList(catalog, configured) ?? loudest
  );
}

function getLoudness(target: Extract<Target, { channel: 'slack' }>): number {
  return (target.mentions.includes('<!channel>') ? 100 : 0) + target.mentions.length;
}

function mailEveryList(catalog: RunbookCatalog, configured: ConfiguredChannels): Target | undefined {
  const lists = listMailAddresses(configured, [...catalog.routes, { email: catalog.mailLists }]);
  const to = [...new Map(lists.map((address) => [address.toLowerCase(), address])).values()];
  return configured.mail && to.length > 0 ? { channel: 'email', destination: 'email', to } : undefined;
}
