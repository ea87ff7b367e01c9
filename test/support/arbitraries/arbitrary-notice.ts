import fc from 'fast-check';
import type { ComparedFinding } from '../../../lib/core/diagnosis/findings/compare-diagnoses.ts';
import type { Evidence, Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { severities } from '../../../lib/core/shared/severity.ts';
import { sampleNotice } from '../factories/sample-notice.ts';

/** The worst text of label values, annotations and query results. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '<!channel>',
      '<!here> <@U012345AB> <!subteam^S012345>',
      '&lt;!channel&gt;',
      '&amp;amp;',
      '```',
      '`````',
      '`',
      '*bold* _it_ ~no~',
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      'a\r\nBcc: evil@example.com',
      'line\n> quote\n\n```\nfence',
      '\u202egnirts desrever\u202c',
      'مرحبا بالعالم שלום',
      '\ud83d',
      '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(8),
      '\u0000\u001b[31m\u0007',
      '<https://evil.example|Acknowledge>',
      '',
      ' ',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('&', '<', '"', '`', '\n', 'x', '𝒳', '🔥')
      .map((unit) => unit.repeat(100_000 / unit.length)),
  },
);

const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const labels = fc.dictionary(hostileText, hostileText, { maxKeys: 6 });
const url = fc.oneof(
  hostileText.map(
    (text) => new URL(`http://x.example/?q=${encodeURIComponent(text.toWellFormed().slice(0, 200))}`).href,
  ),
  fc.constant('http://x.example/?a=1&b=2'),
);

const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc.record({
    kind: fc.constant('table' as const),
    columns: fc.array(hostileText, { minLength: 1, maxLength: 5 }),
    rows: fc.array(fc.array(hostileText, { maxLength: 6 }), { maxLength: 25 }),
    omitted: fc.nat(),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    lines: fc.array(hostileText, { maxLength: 25 }),
    omitted: fc.nat(),
  }),
  fc.record({
    kind: fc.constant('series' as const),
    points: fc.array(fc.tuple(time, fc.double()), { maxLength: 120 }),
    min: fc.double(),
    max: fc.double(),
    last: fc.double(),
    unit: hostileText,
    label: hostileText,
    omitted: fc.nat(),
  }),
);

/** Of a few steps, so that findings and comparisons share steps; some ran for a label's value. */
const stepId = fc.oneof(
  fc.constantFrom('s', 't', 's:beyond'),
  hostileText.map((value) => `s:${value}`),
);

const finding: fc.Arbitrary<Finding> = fc
  .record({
    stepId,
    title: hostileText,
    verdict: fc.constantFrom('attention' as const, 'normal' as const, 'unchecked' as const),
    sentence: hostileText,
    evidence: fc.option(evidence, { nil: undefined }),
  })
  .map(({ evidence: shown, ...rest }) => ({
    kind: 'sql' as const,
    tookMs: 1,
    ...rest,
    evidence: shown,
  }));

const compared: fc.Arbitrary<ComparedFinding> = fc.record({
  stepId,
  title: hostileText,
  before: hostileText,
  after: hostileText,
  change: fc.constantFrom('new' as const, 'still' as const, 'lost' as const, 'better' as const),
});

const around: fc.Arbitrary<Notice['around']> = fc.record(
  {
    previousEpisode: fc.record(
      {
        incidentId: hostileText,
        openedAt: time,
        resolvedAt: time,
        acknowledgedBy: hostileText,
        findings: fc.array(fc.record({ stepId, title: hostileText, sentence: hostileText }), {
          maxLength: 5,
        }),
        recent: fc.record({ count: fc.nat(), atLeast: fc.boolean() }),
      },
      { requiredKeys: ['incidentId', 'openedAt', 'findings', 'recent'] },
    ),
    otherIncidents: fc.record({
      incidents: fc.array(
        fc.record({
          id: hostileText,
          alertname: hostileText,
          group: labels,
          severity: fc.constantFrom(...severities),
          openedAt: time,
        }),
        { maxLength: 5 },
      ),
      more: fc.nat(),
      atLeast: fc.boolean(),
    }),
    unread: fc.array(hostileText, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

/** Any notice that the types allow, with hostile text in every place that text can reach. */
export const arbitraryNotice: fc.Arbitrary<Notice> = fc
  .record({
    reason: fc.constantFrom(...noticeReasons),
    ping: fc.boolean(),
    seq: fc.nat(),
    severity: fc.constantFrom(...severities),
    state: fc.constantFrom('firing' as const, 'resolved' as const),
    alertname: hostileText,
    source: hostileText,
    group: labels,
    openedAt: time,
    at: time,
    summary: hostileText,
    impact: hostileText,
    happened: hostileText,
    countedAs: fc.record({ firing: hostileText, resolved: hostileText }),
    notDiagnosed: hostileText,
    unverified: hostileText,
    flapping: fc.boolean(),
    flappingOver: fc.record({ reopens: fc.nat(10_000) }),
    alerts: fc.record({
      firing: fc.nat(10_000),
      total: fc.nat(10_000),
      common: labels,
      omitted: fc.nat(),
      shown: fc.array(
        fc.record({
          labels,
          severity: fc.constantFrom(...severities),
          text: hostileText,
          description: fc.option(hostileText, { nil: undefined }),
          firing: fc.boolean(),
          startsAt: time,
        }),
        { maxLength: 50 },
      ),
    }),
    findings: fc.array(finding, { maxLength: 25 }),
    commands: fc.array(fc.record({ text: hostileText, command: hostileText, caution: hostileText }), {
      maxLength: 12,
    }),
    response: fc.array(hostileText, { maxLength: 25 }),
    diagnosedAt: time,
    comparison: fc.array(compared, { maxLength: 10 }),
    progress: fc.record({
      since: time,
      changes: fc.array(compared, { maxLength: 25 }),
      unchanged: fc.nat(100),
      unseen: fc.nat(100),
    }),
    around,
    acknowledged: fc.record({ by: hostileText, at: time, note: hostileText }),
    notified: fc.record({
      names: fc.array(hostileText, { maxLength: 8 }),
      acknowledgeBy: time,
      next: fc.record({ tier: fc.constantFrom(1 as const, 2 as const, 3 as const), at: time }),
    }),
    silenced: fc.record({ by: hostileText, until: time }),
    buttons: fc.record({
      asOf: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      acknowledge: fc.boolean(),
      silence: fc.boolean(),
    }),
    missingData: fc.option(hostileText, { nil: undefined }),
    links: fc.record({
      prometheus: url,
      alertmanager: url,
      incident: url,
      runbook: url,
      others: fc.array(fc.record({ name: hostileText, url }), { maxLength: 6 }),
    }),
  })
  .map((fields) => sampleNotice(fields));
