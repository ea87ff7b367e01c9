import { describe, expect, it } from 'vitest';
import { findPolicy, getWatchedLabel } from '../../../lib/core/runbook/find-runbook.ts';
import { HOUR, MINUTE } from '../../../lib/core/shared/time.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';

describe('the policy of an alertname', () => {
  it('has its runbook’s timing and the escalation policy that the runbook names', () => {
    const relaxed = { tiers: [], acknowledgeStopsTiers: true };
    const escalation = { lazy: { critical: relaxed, warning: relaxed, info: relaxed } };
    const known = runbook({ alertname: 'X', escalation: 'lazy', reopenWindow: MINUTE, staleAfter: HOUR });

    const policy = findPolicy(catalog({ escalation }, [known]), 'X');

    expect(policy).toEqual({
      reopenWindow: MINUTE,
      staleAfter: HOUR,
      promotions: [],
      escalation: escalation.lazy,
    });
  });

  it.each(['unheard of', 'constructor', '__proto__'])(
    'is that of the default runbook for an alert called %s',
    (name) => {
      const small = catalog({ defaultRunbook: runbook({ alertname: 'default', staleAfter: 3 * HOUR }) });

      expect(findPolicy(small, name).staleAfter).toBe(3 * HOUR);
    },
  );

  it('never escalates when the runbook names an unknown policy', () => {
    const lost = catalog({}, [runbook({ alertname: 'X', escalation: 'no such policy' })]);

    expect(findPolicy(lost, 'X').escalation.critical).toEqual({ tiers: [], acknowledgeStopsTiers: false });
  });

  it('watches a label only for a promotion by distinct values', () => {
    const watching = runbook({
      promotions: [
        { kind: 'open-longer', to: 'critical', after: HOUR },
        { kind: 'distinct-values', to: 'critical', label: 'service', atLeast: 2 },
      ],
    });

    expect(getWatchedLabel(watching)).toBe('service');
    expect(getWatchedLabel(runbook())).toBeUndefined();
  });
});
