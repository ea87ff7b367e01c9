import { expect, test } from 'vitest';
import { renderWhole } from '../../../lib/core/notice/document/document.ts';
import { sampleNotice } from '../../support/factories/sample-notice.ts';

test('a tier that nobody in particular is told on, and that nothing follows, is not spoken of', () => {
  const info = sampleNotice({ severity: 'info', tier: 1, notified: { names: [] } });

  expect(JSON.stringify(renderWhole(info))).not.toContain('L1');
});

test('a time to acknowledge by is told, whoever it is for', () => {
  const warning = sampleNotice({
    tier: 1,
    notified: { names: [], acknowledgeBy: Date.UTC(2026, 10, 24, 4) },
  });

  expect(JSON.stringify(renderWhole(warning))).toContain('acknowledge by');
});
