import type { ActiveAlert, AlertmanagerProbe, ProbeResult } from '../core/diagnosis/probe.ts';
import type { Sight } from '../core/incident/event.ts';
import type { Incident } from '../core/incident/incident.ts';
import type { RunbookCatalog } from '../core/runbook/runbook.ts';
import { incidentKeysOf } from '../core/runbook/subject-of.ts';
import type { Millis } from '../core/shared/time.ts';

const ASK_TIMEOUT: Millis = 5_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export type AskAlertmanagerPorts = {
  /** Absent: no Alertmanager is configured, and notices say that they are unverified. */
  alertmanager?: AlertmanagerProbe;
  catalog: RunbookCatalog;
  clock: { now(): Millis };
  /** A signal that aborts after so many milliseconds. */
  abortAfter(ms: number): AbortSignal;
};

type Answer = ProbeResult<ActiveAlert[]>;
type Asked = { at: Millis; answer: Promise<Answer> };

/**
 * What the source's Alertmanager says about an incident, for the length of one tick: each source is asked once, and
 * again only for an incident that heard something after the answer was asked for, because its newest alerts would
 * look absent. No answer is an expected outcome: `unknown`, with a reason for people.
 */
export function askOncePerSource(ports: AskAlertmanagerPorts): (incident: Incident) => Promise<Sight> {
  const asked = new Map<string, Asked>();

  return async (incident) => {
    const { source } = incident;
    let entry = asked.get(source);
    if (entry === undefined || !(await speaksOf(entry, incident))) {
      // Somebody who waited for the same answer may have asked anew meanwhile.
      const newer = asked.get(source);
      entry =
        newer === undefined || newer === entry
          ? { at: ports.clock.now(), answer: askNow(ports, source) }
          : newer;
      asked.set(source, entry);
    }
    return sightOf(ports.catalog, incident, await entry.answer);
  };
}

/** A source that did not answer is not asked again in this tick: each try may cost the whole timeout. */
async function speaksOf(asked: Asked, incident: Incident): Promise<boolean> {
  return asked.at > incident.lastSeenAt || (await asked.answer).kind === 'failed';
}

async function askNow(ports: AskAlertmanagerPorts, source: string): Promise<Answer> {
  if (ports.alertmanager === undefined) return { kind: 'failed', reason: 'ALERTMANAGER_URL is not set' };
  try {
    return await ports.alertmanager.alerts(source, {
      timeoutMs: ASK_TIMEOUT,
      maxRows: Number.MAX_SAFE_INTEGER,
      maxBytes: MAX_ANSWER_BYTES,
      signal: ports.abortAfter(ASK_TIMEOUT),
    });
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What the answer says about one incident's alerts. Those past the tracking cap or cut off are matched by key. */
function sightOf(catalog: RunbookCatalog, incident: Incident, answer: Answer): Sight {
  if (answer.kind === 'failed') return { kind: 'unknown', why: answer.reason };
  const tracked = new Set(incident.alerts.map((alert) => alert.fingerprint));
  const hasUntracked = incident.overflow > 0 || incident.truncation !== undefined;
  const isOurs = (alert: ActiveAlert) =>
    tracked.has(alert.fingerprint) ||
    (hasUntracked && incidentKeysOf(catalog, incident.source, alert.labels).includes(incident.key));
  const ours = Object.groupBy(answer.value.filter(isOurs), (alert) =>
    alert.state === 'suppressed' ? 'suppressed' : 'active',
  );
  return {
    kind: 'answer',
    active: (ours.active ?? []).map((alert) => alert.fingerprint),
    suppressed: (ours.suppressed ?? []).map((alert) => alert.fingerprint),
  };
}
