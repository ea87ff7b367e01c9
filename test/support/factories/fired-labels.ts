import { sampleAlerts } from '../../../infra/local/play/sample-alerts.ts';

export type Labels = Readonly<Record<string, string>>;

/** A set of labels for each alert that the rule of this name makes in the sample world; without a rule, one bare alert. */
export function firedLabels(alertname: string): Labels[] {
  return sampleAlerts(alertname, '')?.map(({ labels }) => labels) ?? [{ alertname }];
}
