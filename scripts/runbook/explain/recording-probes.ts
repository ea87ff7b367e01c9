import type { ProbeResult } from '../../../lib/core/diagnosis/checks/probe.ts';
import type { Probes } from '../../../lib/core/diagnosis/checks/reading.ts';
import { formatDurationText } from '../../../lib/core/diagnosis/expressions/format-value.ts';
import type { PodScope } from '../../../lib/core/runbook/runbook.ts';
import { SECOND } from '../../../lib/core/shared/time.ts';

/** One recorded read: the server, the request, and the query if there is one. */
export type AskedFor = { server: string; request: string; query?: string };

/** Probes that call no server: each records its request, and returns an empty answer. */
export function recordingProbes(): { probes: Probes; asked: AskedFor[] } {
  const asked: AskedFor[] = [];
  async function note<T>(entry: AskedFor, nothing: T): Promise<ProbeResult<T>> {
    asked.push(entry);
    return { kind: 'ok', value: nothing };
  }
  const cluster = (what: string, scope: PodScope): AskedFor => ({
    server: 'Kubernetes',
    request: `${what} of ${scopeWords(scope)}`,
  });
  const http = {
    has: () => true,
    get: (target: string, path: string) =>
      note({ server: `HTTP target ${target}`, request: `GET ${path}` }, { status: 200, body: '', tookMs: 0 }),
    metrics: (target: string, path: string, match: string) =>
      note(
        { server: `HTTP target ${target}`, request: `GET ${path}, metrics whose name matches ${match}` },
        { samples: [], count: 0 },
      ),
  };
  const probes: Probes = {
    sql: {
      query: (sql, params) => {
        const values = params.map((value, i) => `$${i + 1} = ${JSON.stringify(value)}`);
        const request = ['one statement, read only', ...values].join(', ');
        return note(
          { server: 'PostgreSQL', request, query: sql },
          { columns: [], rows: [], truncated: false },
        );
      },
      release: async () => {},
    },
    prometheus: {
      instant: (source, promql) =>
        note({ server: 'Prometheus', request: `the value now, source ${source}`, query: promql }, []),
      range: (source, promql, { from, to, stepSeconds }) => {
        const span = `the last ${formatDurationText((to - from) / SECOND)} in steps of ${stepSeconds} s`;
        return note({ server: 'Prometheus', request: `${span}, source ${source}`, query: promql }, []);
      },
    },
    alertmanager: {
      alerts: (source) => note({ server: 'Alertmanager', request: `active alerts, source ${source}` }, []),
    },
    kubernetes: {
      pods: (scope) => note(cluster('state and limits', scope), []),
      usage: (scope) => note(cluster('what containers use', scope), []),
      events: (scope) => note(cluster('events', scope), []),
      logs: ({ tail, grep, previous, container, ...scope }) => {
        const lines = [
          `the last ${tail} lines of ${previous ? 'the log before the last restart' : 'the log'}`,
          ...(container === undefined ? [] : [`of the container ${container}`]),
          ...(grep === undefined ? [] : [`that match ${grep}`]),
        ];
        return note(cluster(lines.join(' '), scope), { pods: [], unread: 0, lines: [], matched: 0, read: 0 });
      },
    },
    http,
  };
  return { probes, asked };
}

function scopeWords({ namespace, deployment, selector, pod }: PodScope): string {
  if (deployment !== undefined) return `deployment ${deployment} in ${namespace}`;
  if (pod !== undefined) return `pod ${pod} in ${namespace}`;
  return selector === undefined ? `all pods in ${namespace}` : `pods with ${selector} in ${namespace}`;
}
