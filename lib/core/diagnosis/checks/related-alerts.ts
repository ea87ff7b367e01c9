import { getLabel } from '../../alert/labels.ts';
import type { ActiveAlert } from './probe.ts';

type Labels = Readonly<Record<string, string>>;

/** Another alert that shares label values with ours. */
export type RelatedAlert = {
  alert: ActiveAlert;
  /** `pod=api-1`: the shared labels, the most specific first. */
  shares: string[];
  /** It shares a label value that most active alerts do not have. */
  close: boolean;
};

/** With fewer other alerts, no label value counts as common. */
const FEW = 4;
const COMMON_SHARE = 0.5;

/**
 * Selects active alerts that share a value of ours in at least one label of `names`, the most specific label
 * first. Closest first: alerts that share a rare value, then by the most specific shared label, then by the
 * number of shared labels, then the longest firing. A namespace that most alerts share brings none close.
 */
export function findRelatedAlerts(active: ActiveAlert[], names: string[], ours: Labels[]): RelatedAlert[] {
  const ownNames = new Set(ours.map((labels) => labels['alertname']));
  const others = active.filter((alert) => !ownNames.has(alert.labels['alertname']));
  const ownValues = new Map(
    names.map((name) => [name, new Set(ours.map((labels) => getLabel(labels, name) ?? ''))]),
  );
  const frequent = findFrequentPairs(others, names);

  return others
    .flatMap((alert) => {
      const pairs = names.flatMap((name, position) => {
        const value = getLabel(alert.labels, name) ?? '';
        return value !== '' && ownValues.get(name)?.has(value) ? { pair: `${name}=${value}`, position } : [];
      });
      const rare = pairs.find(({ pair }) => !frequent.has(pair));
      const nearest = rare ?? pairs[0];
      if (nearest === undefined) return [];
      const shares = pairs.map(({ pair }) => pair);
      return { alert, shares, close: rare !== undefined, position: nearest.position };
    })
    .toSorted(
      (a, b) =>
        Number(b.close) - Number(a.close) ||
        a.position - b.position ||
        b.shares.length - a.shares.length ||
        a.alert.startsAt - b.alert.startsAt,
    )
    .map(({ alert, shares, close }) => ({ alert, shares, close }));
}

/** Label values that most of the alerts have, which do not distinguish them. */
function findFrequentPairs(alerts: ActiveAlert[], names: string[]): Set<string> {
  if (alerts.length < FEW) return new Set();
  const counts = new Map<string, number>();
  for (const { labels } of alerts) {
    for (const name of names) {
      const pair = `${name}=${getLabel(labels, name) ?? ''}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return new Set(
    [...counts].filter(([, count]) => count > alerts.length * COMMON_SHARE).map(([pair]) => pair),
  );
}
