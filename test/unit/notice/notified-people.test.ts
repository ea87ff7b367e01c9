import { expect, test } from 'vitest';
import { renderWhole } from '../../../lib/core/notice/document/document.ts';
import { sampleNotice } from '../../support/factories/sample-notice.ts';

test('a tier without people and without a next step is not shown', () => {
  const info = sampleNotice({ severity: 'info', tier: 1, notified: { names: [] } });

  expect(JSON.stringify(renderWhole(info))).not.toContain('L1');
});

test('the time to acknowledge by is shown, even without a name', () => {
  const warning = sampleNotice({
    tier: 1,
    notified: { names: [], acknowledgeBy: Date.UTC(2026, 10, 24, 4) },
  });

  expect(JSON.stringify(renderWhole(warning))).toContain('acknowledge by');
});
