import { getLabel } from '../../alert/labels.ts';
import type { ActiveAlert } from './probe.ts';

type Labels = Readonly<Record<string, string>>;

/** Another alert that has something in common with ours. */
export type RelatedAlert = {
  alert: ActiveAlert;
  /** `pod=api-1`: what it shares, the most specific first. */
  shares: string[];
  /** It shares something that most of the active alerts do not have. */
  close: boolean;
};

/** Below so many other alerts it cannot be told what is common among them. */
const FEW = 4;
const MOST = 0.5;

/**
 * Which of the active alerts have the same value as one of ours in at least one label of `names`, the most specific
 * label first. The closest come first: those that share something which most alerts do not have, then by the most
 * specific label they share, then by how many, then those that have fired longest. A namespace that everything is in
 * brings nothing near.
 */
export function findRelatedAlerts(active: ActiveAlert[], names: string[], ours: Labels[]): RelatedAlert[] {
  const ownNames = new Set(ours.map((labels) => labels['alertname']));
  const others = active.filter((alert) => !ownNames.has(alert.labels['alertname']));
  const ownValues = new Map(
    names.map((name) => [name, new Set(ours.map((labels) => getLabel(labels, name) ?? ''))]),
  );
  const frequent = frequentPairs(others, names);

  return others
    .flatMap((alert) => {
      const pairs = names.flatMap((name, position) => {
        const value = getLabel(alert.labels, name) ?? '';
        return value !== '' && ownValues.get(name)?.has(value) ? { pair: `${name}=${value}`, position } : [];
      });
      const telling = pairs.find(({ pair }) => !frequent.has(pair));
      const nearest = telling ?? pairs[0];
      if (nearest === undefined) return [];
      const shares = pairs.map(({ pair }) => pair);
      return { alert, shares, close: telling !== undefined, position: nearest.position };
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

/** Labels with their values that most of the alerts have: they do not tell one from another. */
function frequentPairs(alerts: ActiveAlert[], names: string[]): Set<string> {
  if (alerts.length < FEW) return new Set();
  const counts = new Map<string, number>();
  for (const { labels } of alerts) {
    for (const name of names) {
      const pair = `${name}=${getLabel(labels, name) ?? ''}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return new Set([...counts].filter(([, count]) => count > alerts.length * MOST).map(([pair]) => pair));
}
