import type { AlertDetail } from './alert.ts';
import { getLabel } from './labels.ts';

/** Names that Grafana gives an alert whose rule got no data or failed; `rulename` has the rule's own name. */
const NO_DATA = 'DatasourceNoData';
const FAILED = 'DatasourceError';
/** Labels that only Grafana gives such an alert. */
const MARKS = ['rulename', 'datasource_uid', 'grafana_folder'];
/** Why Grafana put an alert into its state, if not for the rule's condition: `NoData`, `Error`. */
const STATE_REASON = 'grafana_state_reason';

/**
 * One sentence for an alert of Grafana that fires because its rule had no data or failed; else undefined. Its
 * summary and description speak of the rule's condition, which nobody knows to hold.
 * https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
 */
export function describeMissingData({
  labels,
  annotations,
}: Pick<AlertDetail, 'labels' | 'annotations'>): string | undefined {
  const alertname = getLabel(labels, 'alertname');
  const reason = getLabel(annotations, STATE_REASON) ?? '';
  // A rule of Prometheus may have the same name.
  if (reason === '' && !MARKS.some((label) => getLabel(labels, label) !== undefined)) return undefined;
  const failed = alertname === FAILED || reason.startsWith('Error');
  if (!failed && alertname !== NO_DATA && !reason.startsWith('NoData')) return undefined;

  const name =
    getLabel(labels, 'rulename') ?? (alertname === NO_DATA || alertname === FAILED ? '' : alertname);
  const rule = name ? `the rule ${name}` : 'a rule';
  const error = getLabel(annotations, 'Error');
  const what = failed
    ? `Grafana could not evaluate ${rule}${error ? ` (${error})` : ''}`
    : `Grafana gets no data for ${rule}`;
  return `${what}. Nobody knows whether its condition holds.`;
}
