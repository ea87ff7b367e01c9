import type { Diagnosis, Finding } from './finding.ts';

/** What a diagnosis may take as JSON, so that its item stays under 350 KB in DynamoDB's way of counting as well. */
const MAX_BYTES = 300 * 1024;

/**
 * A diagnosis that can be stored, whatever was found: as long as it is too large, the evidence of the last finding that
 * has any is left out, because the most urgent come first; then whole findings, the last ones first, and counted.
 */
export function truncateDiagnosis(diagnosis: Diagnosis, maxBytes: number = MAX_BYTES): Diagnosis {
  let excess = bytesOf(diagnosis) - maxBytes;
  if (excess <= 0) return diagnosis;

  const findings = diagnosis.findings.toReversed().map((finding): Finding => {
    if (excess <= 0 || finding.evidence === undefined) return finding;
    const { evidence, ...rest } = finding;
    excess -= bytesOf(evidence);
    return rest;
  });
  const kept = findings.filter((finding) => {
    if (excess <= 0) return true;
    excess -= bytesOf(finding);
    return false;
  });
  const lost = findings.length - kept.length;
  const note =
    lost > 0 ? { skipped: `${lost} findings are left out, because all together they are too large` } : {};
  return { ...diagnosis, ...note, findings: kept.toReversed() };
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
