import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapSeverity, readSeverity } from '../../../lib/core/grouping/map-severity.ts';
import { readCatalog } from '../../../scripts/runbook/check/read-catalog.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';

const ours = readCatalog(join(import.meta.dirname, '..', '..', '..', 'runbooks')).catalog;
const defaultRunbook = { ...runbook({ severity: 'info' }), isDefault: true as const };

describe('the severity of an alert', () => {
  it.each([
    [{ severity: 'critical' }, 'critical'],
    [{ severity: ' PAGE ' }, 'critical'],
    [{ severity: 'Cri-ti_cal' }, 'critical'],
    [{ severity: 'bogus' }, 'info'],
    [{ severity: 'constructor' }, 'info'],
    [{}, 'info'],
    [{ severity: '' }, 'info'],
  ])('is, for labels %o and a runbook that says info, %s', (labels, expected) => {
    expect(mapSeverity(catalog(), runbook({ severity: 'info' }), labels)).toBe(expected);
  });

  it.each([
    ['critical', 'p0 p1 sev0 sev1 sev-0 sev-1 s0 s1 disaster major error blocker page SEV_1 P-0 Disaster'],
    ['warning', 'p2 p3 sev2 sev3 s2 s3 minor average moderate Sev-2 MINOR'],
    ['info', 'p4 p5 sev4 sev5 s4 s5 debug ok SEV-5 Ok'],
  ])('is %s for each of %s, by our own severities.yaml', (expected, words) => {
    if (ours === undefined) throw new Error('our runbooks cannot be read');

    for (const word of words.split(' ')) {
      const read = readSeverity(ours, defaultRunbook, { severity: word });
      expect({ word, ...read }).toEqual({ word, severity: expected });
    }
  });

  it('is `unknown` of severities.yaml for an unknown value, if the alertname has no runbook', () => {
    const words = { severityAliases: {}, unknownSeverity: 'critical' as const };

    expect(readSeverity(words, defaultRunbook, { severity: 'Bogus' })).toEqual({
      severity: 'critical',
      unknown: 'Bogus',
    });
    expect(mapSeverity({ severityAliases: {} }, defaultRunbook, { severity: 'Bogus' })).toBe('warning');
  });

  it('keeps an unknown value short enough for a notice, and never cuts within a character', () => {
    const { unknown } = readSeverity(catalog(), defaultRunbook, { severity: `x${'😀'.repeat(1_000)}` });

    expect(unknown).toBe(`x${'😀'.repeat(29)}…`);
  });
});
