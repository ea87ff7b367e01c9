import type { Millis } from '../../shared/time.ts';
import type { CelVariables } from '../expressions/cel.ts';
import type { Evidence } from '../findings/finding.ts';
import type {
  AlertmanagerProbe,
  Bounds,
  HttpProbe,
  KubernetesProbe,
  PrometheusProbe,
  SqlProbe,
} from './probe.ts';

/** The servers that are configured. */
export type Probes = {
  sql?: SqlProbe;
  prometheus?: PrometheusProbe;
  alertmanager?: AlertmanagerProbe;
  kubernetes?: KubernetesProbe;
  http?: HttpProbe;
};

/** What a step read: `result` for expressions, `evidence` for people. */
export type StepReading = { result: CelVariables; evidence?: Evidence };

export type ReadContext = {
  source: string;
  /** Labels that all alerts of the step share. */
  labels: Readonly<Record<string, string>>;
  /** Labels of each of the step's alerts; absent: every alert has only the shared labels. */
  eachLabels?: Readonly<Record<string, string>>[];
  at: Millis;
  probes: Probes;
  bounds: Bounds;
};
