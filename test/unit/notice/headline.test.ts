import { describe, expect, it } from 'vitest';
import { formatHeadline } from '../../../lib/core/notice/document/headline.ts';
import { sampleGroupNotice } from '../../support/factories/sample-notice.ts';

describe('the names in a headline', () => {
  it('are those of the firing alerts, even if the same object was there before with another severity', () => {
    const notice = sampleGroupNotice(4);
    const earlier = notice.alerts.shown.map((alert) => ({
      ...alert,
      labels: { ...alert.labels, instance: `${alert.labels['instance']}0` },
      firing: false,
    }));
    const alerts = { ...notice.alerts, total: 8, shown: [...notice.alerts.shown, ...earlier] };

    expect(formatHeadline({ ...notice, alerts })).toBe(
      'AgentDown - 4 agents down (technical-agent, risk-agent, … +2)',
    );
  });
});
