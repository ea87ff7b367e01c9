import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Labels = Record<string, string>;
type Rule = { alert: string; expr: string; labels?: Labels; annotations?: Labels };
type RuleFile = { groups: { rules: Rule[] }[] };

/** An alert as Prometheus would send it to Alertmanager. */
export type SampleAlert = { labels: Labels; annotations: Labels; generatorURL: string };

const POD = 'api-5d8f9c7b46-q7w2m';
const container = { namespace: 'cryptofunk', pod: POD, container: 'api' };
const silentAgents = [
  'technical-agent',
  'orderbook-agent',
  'sentiment-agent',
  'trend-agent',
  'arbitrage-agent',
];

/** Labels of the series over each rule's threshold in the sample world; none: the rule aggregates them away. */
const series: Record<string, Labels[]> = {
  CircuitBreakerOpen: [{ service: 'exchange' }],
  PositionLimitExceeded: [{ symbol: 'BTC/USDT' }],
  AgentDown: silentAgents.map((agent) => ({ agent })),
  AgentUnhealthy: [{ agent: 'technical-agent' }, { agent: 'sentiment-agent' }, { agent: 'trend-agent' }],
  AgentHighLatency: [{ agent: 'technical-agent' }, { agent: 'sentiment-agent' }],
  HighErrorRate: [{ service: 'api' }],
  HighMemoryUsage: [container],
  HighCPUUsage: [container],
  DiskSpaceWarning: [{ namespace: 'cryptofunk', persistentvolumeclaim: 'postgres-pvc' }],
  DatabaseConnectionPoolExhausted: [{ instance: 'api:8080', job: 'api' }],
  DatabaseConnectionPoolCritical: [{ instance: 'api:8080', job: 'api' }],
  VectorSearchHighLatency: [{ operation: 'semantic_search' }],
  VectorSearchCriticalLatency: [{ operation: 'semantic_search' }],
  VectorSearchHighErrorRate: [{ operation: 'semantic_search' }],
  VectorSearchCriticalErrorRate: [{ operation: 'semantic_search' }],
  VectorSearchNoOperations: [{ operation: 'explain_decision' }],
};

/** Each rule's expression by its alert's name. */
export function sampleExpressions(): Record<string, string> {
  return Object.fromEntries(rules().map(({ alert, expr }) => [alert, expr]));
}

/** Names of the alerts that can be played, in the order of rules.yml. */
export function sampleAlertnames(): string[] {
  return rules().map(({ alert }) => alert);
}

/**
 * The alerts that a rule of rules.yml makes in the sample world, one for each series over its threshold. `labels`
 * replaces those of the series, for a single alert. Undefined for a name without a rule.
 */
export function sampleAlerts(
  alertname: string,
  prometheusUrl: string,
  labels?: Labels,
): SampleAlert[] | undefined {
  const rule = rules().find(({ alert }) => alert === alertname);
  if (rule === undefined) return undefined;
  const base = series[alertname] ?? [{}];
  const chosen = labels === undefined ? base : [{ ...base[0], ...labels }];
  return chosen.map((own) => ({
    labels: { alertname, ...rule.labels, ...own },
    annotations: Object.fromEntries(
      Object.entries(rule.annotations ?? {}).map(([name, text]) => [name, annotation(text, own)]),
    ),
    generatorURL: `${prometheusUrl}/graph?g0.expr=${encodeURIComponent(rule.expr.trim())}&g0.tab=1`,
  }));
}

let read: Rule[] | undefined;

/** Read once: nothing changes them while a process runs. */
function rules(): Rule[] {
  if (read) return read;
  const file: RuleFile = parse(readFileSync(new URL('rules.yml', import.meta.url), 'utf8'));
  read = file.groups.flatMap((group) => group.rules);
  return read;
}

/** Prometheus' own template for a label, the only one that rules.yml uses. */
function annotation(text: string, labels: Labels): string {
  return text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_whole, name: string) => labels[name] ?? '');
}
