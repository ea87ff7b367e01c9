import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../lib/core/diagnosis/findings/finding.ts';
import { truncateDiagnosis } from '../../../lib/core/diagnosis/findings/truncate-diagnosis.ts';
import { diagnosis, finding } from '../../support/factories/finding.ts';

const evidence: Evidence = { kind: 'text', lines: ['x'.repeat(900)], omitted: 0 };

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe('a diagnosis that is too large to store', () => {
  const findings = Array.from({ length: 10 }, (_, n) => finding({ stepId: `s${n}`, evidence }));

  test('loses the evidence of its last findings, but no finding', () => {
    const fitted = truncateDiagnosis(diagnosis(1, findings), 6_000);

    expect(bytes(fitted)).toBeLessThanOrEqual(6_000);
    expect(fitted.findings.map(({ stepId }) => stepId)).toEqual(findings.map(({ stepId }) => stepId));
    const withEvidence = fitted.findings.map((each) => each.evidence !== undefined);
    expect(withEvidence).toEqual([...Array(4).fill(true), ...Array(6).fill(false)]);
    expect(fitted.skipped).toBeUndefined();
  });

  test('loses its last findings only after all evidence, and counts them', () => {
    const fitted = truncateDiagnosis(diagnosis(1, findings), 1_000);

    expect(fitted.findings.length).toBeGreaterThan(3);
    expect(fitted.findings.length).toBeLessThan(10);
    expect(fitted.findings[0]?.stepId).toBe('s0');
    expect(fitted.skipped).toContain(`${10 - fitted.findings.length} findings`);
  });

  test('may have 300 KB in any alphabet, which fits an item', () => {
    const wide = Array.from({ length: 400 }, (_, n) =>
      finding({ stepId: `s${n}`, sentence: '警'.repeat(500), evidence }),
    );

    expect(bytes(truncateDiagnosis(diagnosis(1, wide)))).toBeLessThan(310 * 1024);
  });

  test('stays unchanged if it fits', () => {
    const small = diagnosis(1, findings);

    expect(truncateDiagnosis(small)).toBe(small);
  });
});
