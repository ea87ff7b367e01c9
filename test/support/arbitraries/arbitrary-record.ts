import fc from 'fast-check';
import type { DeliveryRecord } from '../../../lib/core/delivery/delivery.ts';
import { summarizeDiagnosis } from '../../../lib/core/diagnosis/findings/diagnosis-summary.ts';
import type { IncidentRecord, TimelineEntry } from '../../../lib/core/history/history.ts';
import { type AlertState, alertStates } from '../../../lib/core/incident/alert-state.ts';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import { finding } from '../factories/finding.ts';
import {
  type IncidentChange,
  STORED_AT,
  storedAlert,
  storedDetail,
  storedDiagnosis,
  storedEffect,
  storedIncident,
} from '../factories/stored-incident.ts';
import { hostileText } from './arbitrary-notice.ts';

const fingerprints = ['a', 'b', 'c', 'd'];
/** Few, so that many events share a time. */
const moment = fc.integer({ min: 0, max: 12 }).map((minutes) => STORED_AT + minutes * 60_000);
const seq = fc.integer({ min: 1, max: 20 });
const tier = fc.constantFrom(1 as const, 2 as const, 3 as const);
const who = fc.subarray(fingerprints);

const entry: fc.Arbitrary<TimelineEntry> = fc
  .record({
    seq,
    at: moment,
    what: fc.constantFrom(...noticeReasons, 'recorded' as const),
    summary: hostileText,
    person: fc.option(fc.record({ by: hostileText, note: hostileText }), { nil: undefined }),
    moves: fc.option(
      who.chain((began) =>
        fc.record({
          began: fc.constant(began),
          ended: fc.constant(fingerprints.filter((each) => !began.includes(each)).slice(0, 2)),
          more: fc.nat(3),
        }),
      ),
      { nil: undefined },
    ),
    tier,
  })
  .map(({ person, moves, ...rest }) => ({
    id: `k.1:${rest.seq}`,
    ...rest,
    ...person,
    moves,
  }));

const delivery: fc.Arbitrary<DeliveryRecord> = fc
  .record({
    key: fc.nat(9_999).map(String),
    destination: fc.constantFrom('email', 'slack:#ops', 'slack:#critical'),
    seq,
    reason: fc.constantFrom(...noticeReasons),
    ping: fc.boolean(),
    tier,
    at: moment,
    outcome: fc.constantFrom('delivered', 'digest', 'superseded', 'failed', 'retrying'),
    detail: fc.option(hostileText, { nil: undefined }),
    attempts: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ detail, ...rest }) => ({ ...rest, detail }));

const alertState: fc.Arbitrary<Partial<AlertState>> = fc.record({
  state: fc.constantFrom(...alertStates),
  startsAt: moment,
  endsAt: fc.oneof(fc.constant(0), moment),
  joinedSeq: fc.oneof(fc.constant(0), fc.nat(20)),
});

const facts: fc.Arbitrary<IncidentChange> = fc
  .record({
    ack: fc.option(fc.record({ by: hostileText, at: moment, note: hostileText }), { nil: undefined }),
    resolvedAt: fc.option(moment, { nil: undefined }),
    silence: fc.option(fc.record({ by: hostileText, at: moment, until: moment }), { nil: undefined }),
    flappingSince: fc.option(moment, { nil: undefined }),
    muted: fc.option(fc.record({ since: moment, until: moment }), { nil: undefined }),
    reopenedAt: fc.array(moment, { maxLength: 3 }),
    tierPages: fc.array(fc.record({ tier, firstAt: moment, lastAt: moment }), { maxLength: 3 }),
  })
  .map(({ ack, resolvedAt, silence, flappingSince, muted, reopenedAt, tierPages }) => ({
    flapping: { reopenedAt, since: flappingSince },
    tiers: { pages: tierPages },
    ...(ack && { ack: { ...ack, asOf: 1, severity: 'critical' as const } }),
    resolvedAt,
    resolvedBy: resolvedAt === undefined ? undefined : 'Ana',
    status: resolvedAt === undefined ? undefined : ('resolved' as const),
    resolution: resolvedAt === undefined ? undefined : ('hand' as const),
    ...(silence && { silence: { ...silence, id: 's1' } }),
    ...(muted && { muted: { ...muted, maintenance: 'm1' } }),
  }));

/** A record as the store could hold it, hostile texts and missing parts included. */
export const arbitraryRecord: fc.Arbitrary<IncidentRecord> = fc
  .record({
    entries: fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 12 }),
    deliveries: fc.uniqueArray(delivery, { selector: ({ key }) => key, maxLength: 8 }),
    alerts: fc.array(alertState, { minLength: 1, maxLength: fingerprints.length }),
    facts,
    texts: fc.array(hostileText, { minLength: 4, maxLength: 4 }),
    diagnosed: fc.uniqueArray(seq, { maxLength: 5 }),
    waiting: fc.uniqueArray(seq, { maxLength: 2 }),
  })
  .map(({ entries, deliveries, alerts, facts: own, texts, diagnosed, waiting }) => {
    const key = 'k';
    const [a = '', b = '', c = '', d = ''] = texts;
    const incident = storedIncident({
      ...own,
      key,
      alertname: a,
      group: { service: b },
      alerts: alerts.map((alert, index) =>
        storedAlert({ fingerprint: fingerprints[index] ?? 'z', ...alert }),
      ),
      effects: waiting.map((each) => storedEffect({ id: 'k.1' }, each, { summary: c })),
    });
    const diagnoses = diagnosed
      .toSorted((x, y) => x - y)
      .map((each) =>
        storedDiagnosis(incident.id, each, {
          reason: 'opened',
          findings: [
            finding({
              title: a,
              sentence: b,
              evidence: {
                kind: 'table',
                columns: [c, d],
                rows: [
                  [d, a],
                  [b, c],
                ],
                omitted: 1,
              },
            }),
            finding({ stepId: 'x', title: c, sentence: d, verdict: 'unchecked' }),
            finding({
              stepId: 'y',
              title: d,
              sentence: c,
              evidence: {
                kind: 'series',
                points: [
                  [1, 1],
                  [2, 5],
                ],
                min: 1,
                max: 5,
                last: 5,
                unit: a,
                label: b,
                omitted: 2,
              },
            }),
            finding({
              stepId: 'z',
              title: b,
              sentence: a,
              evidence: { kind: 'text', lines: texts, omitted: 3 },
            }),
          ],
        }),
      );
    return {
      incident,
      alerts: fingerprints.map((each) =>
        storedDetail(each, { labels: { alertname: a, pod: `${each} ${d}` } }),
      ),
      diagnosisSummaries: diagnoses.map(summarizeDiagnosis),
      diagnoses,
      timeline: entries.toSorted((x, y) => x.seq - y.seq),
      deliveries,
      cut: [],
    };
  });
