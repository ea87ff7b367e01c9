import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSubject, getBaseSubject } from '../../../lib/channels/email/render/subject.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { arbitraryNotice } from '../../support/arbitraries/arbitrary-notice.ts';
import { toThreadSubject } from '../../support/assertions/thread-subject.ts';
import {
  sampleGroupNotice,
  sampleNotice,
  sampleResolvedNotice,
} from '../../support/factories/sample-notice.ts';

const twelve = 'AgentDown - 12 agents down (technical-agent, risk-agent, … +10)';

function first(notice: Notice): string {
  return formatSubject(notice, getBaseSubject(notice));
}

/** After a first mail that named twelve agents. */
function later(notice: Notice): string {
  return formatSubject(notice, getBaseSubject(sampleGroupNotice(12)));
}

describe('the subject of the first mail', () => {
  it.each<[string, Notice]>([
    ['[CRITICAL] DatabaseConnectionPoolCritical', sampleNotice()],
    [
      '[WARNING] AgentDown - 3 agents down (technical-agent, risk-agent, sentiment-agent)',
      sampleGroupNotice(3),
    ],
    [`[WARNING] ${twelve}`, sampleGroupNotice(12)],
    [
      '[CRITICAL] CircuitBreakerOpen on exchange',
      sampleNotice({ alertname: 'CircuitBreakerOpen', group: { service: 'exchange' } }),
    ],
    [
      '[CRITICAL] [escalated to L2] DatabaseConnectionPoolCritical',
      sampleNotice({ reason: 'escalated', tier: 2 }),
    ],
  ])('is informative on a lock screen: %s', (expected, notice) => {
    expect(first(notice)).toBe(expected);
  });

  it('has no names if nothing sets the alerts apart', () => {
    const { alerts } = sampleGroupNotice(3);
    const unnamed = alerts.shown.map((alert) => ({ ...alert, labels: {} }));

    const subject = first(sampleGroupNotice(3, { alerts: { ...alerts, shown: unnamed } }));

    expect(subject).toBe('[WARNING] AgentDown - 3 agents down');
  });

  it('has fewer names if they are long, and none before one would be cut', () => {
    const named = (length: number) => {
      const { alerts } = sampleGroupNotice(3);
      const shown = alerts.shown.map((alert, index) => ({
        ...alert,
        labels: { agent: `${index}${'x'.repeat(length - 1)}` },
      }));
      return first(sampleGroupNotice(3, { alerts: { ...alerts, shown } }));
    };

    expect(named(30)).toBe(`[WARNING] AgentDown - 3 agents down (0${'x'.repeat(29)}, … +2)`);
    expect(named(200)).toBe(`[WARNING] AgentDown - 3 agents down (0${'x'.repeat(38)}…, … +2)`);
  });
});

describe('the noun for several alerts in a subject', () => {
  const { alerts } = sampleGroupNotice(3);

  it.each<[string, Notice]>([
    [
      '[CRITICAL] HighLatency - 3 alerts (technical-agent, risk-agent, sentiment-agent)',
      sampleNotice({ alertname: 'HighLatency', alerts }),
    ],
    [
      '[RESOLVED] [after 22 min] AgentDown - 3 agents (technical-agent, risk-agent, sentiment-agent)',
      sampleResolvedNotice({
        alertname: 'AgentDown',
        alerts: { ...alerts, firing: 0 },
        comparison: [],
        countedAs: { firing: 'agents down', resolved: 'agents' },
      }),
    ],
    [
      '[CRITICAL] X - 3 (down) (technical-agent, risk-agent, sentiment-agent)',
      sampleNotice({ alertname: 'X', alerts, countedAs: { firing: '[down]\r\n', resolved: '' } }),
    ],
  ])('comes from the runbook, else is "alerts": %s', (expected, notice) => {
    expect(first(notice)).toBe(expected);
  });
});

describe('the subject of a later mail', () => {
  it.each<[string, Notice]>([
    [`[WARNING] [not acknowledged] ${twelve}`, sampleGroupNotice(12, { reason: 'reminder' })],
    [`[WARNING] [more alerts, now 15] ${twelve}`, sampleGroupNotice(15, { reason: 'joined' })],
    [
      `[CRITICAL] [raised to critical, now 15] ${twelve}`,
      sampleGroupNotice(15, { reason: 'raised', severity: 'critical' }),
    ],
    [`[WARNING] [escalated to L2, now 1] ${twelve}`, sampleGroupNotice(1, { reason: 'escalated', tier: 2 })],
    [
      `[RESOLVED] [after 22 min, 1 finding still needs attention] ${twelve}`,
      sampleResolvedNotice({ alertname: 'AgentDown' }),
    ],
    [`[RESOLVED] [after 22 min] ${twelve}`, sampleResolvedNotice({ comparison: [] })],
  ])('has the news in brackets: %s', (expected, notice) => {
    expect(later(notice)).toBe(expected);
  });
});

describe('over any course of an incident', () => {
  it('the subjects of its mails end with the same words, on one line of bounded length', () => {
    fc.assert(
      fc.property(fc.array(arbitraryNotice, { minLength: 1, maxLength: 6 }), (notices) => {
        const [opened = sampleNotice()] = notices;
        const baseSubject = getBaseSubject(opened);

        const subjects = notices.map((notice) => formatSubject(notice, baseSubject));

        expect(new Set(subjects.map(toThreadSubject)).size).toBe(1);
        for (const subject of subjects) {
          expect(subject).toMatch(
            /^\[(INFO|WARNING|CRITICAL|RESOLVED|FLAPPING|FLAPPING OVER)\] (\[[a-zA-Z0-9, ]+\] )?[^[\]]+$/,
          );
          expect(subject.endsWith(baseSubject.words)).toBe(true);
          expect(subject).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
          expect(subject.isWellFormed()).toBe(true);
          expect(subject.length).toBeLessThanOrEqual(180);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('brackets in a name are not mistaken for the leading brackets', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\[[a-z]{0,9}\] ?\[?[a-z]{1,9}$/), (alertname) => {
        const subject = first(sampleNotice({ alertname }));

        expect(toThreadSubject(subject)).toBe(alertname.replaceAll('[', '(').replaceAll(']', ')'));
      }),
    );
  });
});
