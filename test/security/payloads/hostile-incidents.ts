import { randomUUID } from 'node:crypto';
import type { Millis } from '../../../lib/core/shared/time.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import {
  storedAlert,
  storedDetail,
  storedDiagnosis,
  storedIncident,
} from '../../support/factories/stored-incident.ts';
import type { MemoryWorld } from '../../support/fakes/memory-world.ts';
import { hostileFindings } from './hostile-notice.ts';
import { payloads } from './payloads.ts';

/** Alerts of one incident. */
const EACH = 80;

/** Incidents whose alerts, findings, people and history hold all payloads, a batch each; returns their ids. */
export async function storeHostileIncidents(world: MemoryWorld, now: Millis): Promise<string[]> {
  const texts = payloads.map(({ text }) => text).filter((text) => text.length < 2_000);
  const ids: string[] = [];
  for (let at = 0; at < texts.length; at += EACH) {
    ids.push(await storeIncident(world, texts.slice(at, at + EACH), now - at * 1_000));
  }
  return ids;
}

async function storeIncident(world: MemoryWorld, texts: string[], openedAt: Millis): Promise<string> {
  const [first = ''] = texts;
  const fingerprints = texts.map((_, index) => index.toString(16).padStart(16, '0'));
  const incident = storedIncident({
    key: randomUUID().replaceAll('-', '').slice(0, 24),
    alertname: first || 'evil',
    group: { [first || 'evil']: texts.join(' ').slice(0, 3_000) },
    openedAt,
    alerts: fingerprints.map((fingerprint) => storedAlert({ fingerprint, startsAt: openedAt })),
    ack: { by: texts[1] ?? '', note: texts.join(' '), at: openedAt + MINUTE, asOf: 1, severity: 'critical' },
    tiers: { clockStartedAt: openedAt },
    paging: { lastAt: openedAt },
  });
  await world.incidents.write(incident, 0);
  const details = texts.map((text, index) =>
    storedDetail(fingerprints[index] ?? '', {
      labels: { alertname: text, [text || 'evil']: text },
      annotations: { summary: text, [text || 'evil']: text, runbook_url: text, dashboard_url: text },
      generatorURL: text,
      startsAt: openedAt,
      unknownSeverity: text,
    }),
  );
  await world.history.addDetails(incident.id, details);
  await world.history.addDiagnosis(
    storedDiagnosis(incident.id, 1, {
      startedAt: openedAt,
      finishedAt: openedAt + 10,
      about: [[first, first]],
      findings: texts
        .slice(0, 12)
        .flatMap((text, index) =>
          hostileFindings(text).map((finding) => ({ ...finding, stepId: `${finding.stepId}${index}` })),
        ),
      commands: texts.slice(0, 12).map((text) => ({ text, command: text, caution: text })),
      skipped: first,
    }),
  );
  for (const [index, text] of texts.entries()) {
    await world.history.addTimeline(incident.id, {
      id: `${incident.id}:${index + 2}`,
      seq: index + 2,
      at: openedAt + index,
      what: 'joined',
      summary: text,
      by: text,
      note: text,
      tier: 1,
    });
  }
  return incident.id;
}
