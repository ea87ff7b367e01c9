import { describe, expect, it } from 'vitest';
import { composeNotice } from '../../../lib/core/notice/compose.ts';
import { renderWhole } from '../../../lib/core/notice/document/document.ts';
import { findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';
import { fingerprintOf, Scenario, T0 } from '../../support/harness/incident-scenario.ts';

describe('an alert without a runbook of its own', () => {
  it('shows the text of its own annotation on a lock screen', () => {
    const { preview } = notified({ summary: 'Certificate of shop.example ends in 2 h' });

    expect(preview).toBe('WARNING Down: Certificate of shop.example ends in 2 h');
  });

  it('shows that text once', () => {
    const text = JSON.stringify(notified({ summary: 'Certificate of shop.example ends in 2 h' }).sections);

    expect(text.split('Certificate of shop.example ends in 2 h')).toHaveLength(2);
    expect(text).toContain('An alert without a runbook.');
    expect(text).not.toContain('Not described.');
  });

  it("shows the default runbook's text when it has no annotation", () => {
    expect(notified({}).preview).toBe('WARNING Down: Not described.');
  });

  it('does not replace the impact that an own runbook states', () => {
    expect(notified({ summary: 'agent x is down' }, ['Down']).preview).toBe('WARNING Down: Not described.');
  });
});

/** The notice about an alert named Down; `alertnames` have runbooks with the default's texts. */
function notified(annotations: Record<string, string>, described: string[] = []) {
  const words = { summary: 'An alert without a runbook.', impact: 'Not described.' };
  const runbooks = described.map((alertname) => runbook({ alertname, ...words }));
  const known = catalog({ defaultRunbook: runbook({ alertname: 'default', ...words }) }, runbooks);
  const { incident } = new Scenario().fires(0, 'a', { severity: 'warning' });
  if (!incident) throw new Error('the story has no incident');
  const notice = composeNotice({
    incident,
    details: [{ fingerprint: fingerprintOf('a'), labels: {}, annotations, generatorURL: '', startsAt: T0 }],
    runbook: findRunbook(known, 'Down'),
    cause: { reason: 'opened', ping: true, seq: 1, tier: 1, summary: 'Opened by 1 alert.' },
    notified: { names: [] },
    now: T0,
  });
  return renderWhole(notice);
}
