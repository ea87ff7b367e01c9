import {
  type ActiveAnswer,
  type ActiveSet,
  createActiveSet,
  toAlertmanagerStatus,
} from '../../core/diagnosis/alertmanager-status.ts';
import type { AlertmanagerProbe } from '../../core/diagnosis/checks/probe.ts';
import type { AlertmanagerStatus } from '../../core/incident/event.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { isOnlyGrafanas } from '../../core/incident/status.ts';
import type { RunbookCatalog } from '../../core/runbook/runbook.ts';
import type { Millis } from '../../core/shared/time.ts';

const ASK_TIMEOUT: Millis = 5_000;
/** Its alerts would be absent from any Alertmanager's answer, and so look resolved. */
const GRAFANA_ONLY = "Grafana sent it, and Grafana's alerts are not in Alertmanager";
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export type QueryAlertmanagerPorts = {
  /** Absent: no Alertmanager is configured, and notices say that they are unverified. */
  alertmanager?: AlertmanagerProbe;
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  /** A signal that aborts after `ms` milliseconds. */
  abortAfter(ms: number): AbortSignal;
};

type Asked = { at: Millis; answer: Promise<ActiveAnswer> };

export type AlertmanagerQueries = {
  status(incident: Incident): Promise<AlertmanagerStatus>;
  /** What the newest answer of a source lists, of some peers if not of all. */
  listed(source: string): Promise<ActiveSet | undefined>;
};

/**
 * What the source's Alertmanager says about an incident, cached for one tick. Each source is queried once. It
 * is queried again only if an incident changed after the query, because its newest alerts would look absent.
 * A missing answer is expected: `unknown`, with a reason for people.
 */
export function queryOncePerSource(ports: QueryAlertmanagerPorts): AlertmanagerQueries {
  const asked = new Map<string, Asked>();

  const status = async (incident: Incident) => {
    const { source } = incident;
    if (isOnlyGrafanas(incident)) return { kind: 'unknown' as const, why: GRAFANA_ONLY };
    let entry = asked.get(source);
    if (entry === undefined || !(await isUsable(entry, incident))) {
      // Another caller that waited for the same answer may have asked again meanwhile.
      const newer = asked.get(source);
      entry =
        newer === undefined || newer === entry
          ? { at: ports.clock.now(), answer: askNow(ports, source) }
          : newer;
      asked.set(source, entry);
    }
    return toAlertmanagerStatus(ports.catalog, incident, await entry.answer);
  };
  const listed = async (source: string) => {
    const entry = asked.get(source) ?? { at: ports.clock.now(), answer: askNow(ports, source) };
    asked.set(source, entry);
    const answer = await entry.answer;
    return answer.kind === 'ok' ? answer.value : answer.listed;
  };
  return { status, listed };
}

/** A source that did not answer is not asked again in this tick: each try may cost the whole timeout. */
async function isUsable(asked: Asked, incident: Incident): Promise<boolean> {
  return asked.at > incident.lastSeenAt || (await asked.answer).kind === 'failed';
}

async function askNow(ports: QueryAlertmanagerPorts, source: string): Promise<ActiveAnswer> {
  if (ports.alertmanager === undefined) return { kind: 'failed', reason: 'ALERTMANAGER_URL is not set' };
  try {
    const answer = await ports.alertmanager.alerts(source, {
      timeoutMs: ASK_TIMEOUT,
      maxRows: Number.MAX_SAFE_INTEGER,
      maxBytes: MAX_ANSWER_BYTES,
      signal: ports.abortAfter(ASK_TIMEOUT),
    });
    if (answer.kind === 'failed') {
      const { reason, listed } = answer;
      if (listed === undefined) return { kind: 'failed', reason };
      return { kind: 'failed', reason, listed: createActiveSet(ports.catalog, source, listed) };
    }
    return { kind: 'ok', value: createActiveSet(ports.catalog, source, answer.value) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
