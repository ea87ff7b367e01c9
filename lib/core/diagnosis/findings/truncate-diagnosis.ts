import type { Diagnosis, Finding } from './finding.ts';

/** Size limit of a diagnosis as JSON; its item then stays under 350 KB by DynamoDB's count too. */
const MAX_BYTES = 300 * 1024;

/**
 * Makes a diagnosis small enough to store. Drops evidence first, from the last finding on, because the most
 * urgent come first. Then drops whole findings from the end, and counts them.
 */
export function truncateDiagnosis(diagnosis: Diagnosis, maxBytes: number = MAX_BYTES): Diagnosis {
  let excess = countBytes(diagnosis) - maxBytes;
  if (excess <= 0) return diagnosis;

  const findings = diagnosis.findings.toReversed().map((finding): Finding => {
    if (excess <= 0 || finding.evidence === undefined) return finding;
    const { evidence, ...rest } = finding;
    excess -= countBytes(evidence);
    return rest;
  });
  const kept = findings.filter((finding) => {
    if (excess <= 0) return true;
    excess -= countBytes(finding);
    return false;
  });
  const dropped = findings.length - kept.length;
  const note =
    dropped > 0
      ? { skipped: `${dropped} findings are left out, because all together they are too large` }
      : {};
  return { ...diagnosis, ...note, findings: kept.toReversed() };
}

function countBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
