import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webhookBodySchema } from '../../../lib/channels/webhook/body-schema.ts';
import {
  renderDigestBody,
  renderLinesBody,
  renderNoticeBody,
  renderPlainBody,
} from '../../../lib/channels/webhook/render/body.ts';
import { toPlainNotice } from '../../../lib/core/notice/plain-notice.ts';
import type { StormEntry } from '../../../lib/core/storm/storm.ts';
import { arbitraryNotice } from '../../support/arbitraries/arbitrary-notice.ts';
import { sampleNotice } from '../../support/factories/sample-notice.ts';
import { STORED_AT, storedIncident } from '../../support/factories/stored-incident.ts';

/** As the receiver reads it. A label named `__proto__` is lost by the check itself. */
function received(body: object): unknown {
  return JSON.parse(JSON.stringify(body), (name, value: unknown) =>
    name === '__proto__' ? undefined : value,
  );
}

function entry(n: number): StormEntry {
  const at = STORED_AT;
  const about = { alertname: `A${n}`, group: '', source: 'prod', severity: 'warning' as const };
  return {
    incidentId: `k.${n}`,
    seq: 1,
    at,
    addedAt: at,
    ...about,
    openedAt: at,
    alerts: 1,
    state: 'firing',
  };
}

describe('the body of a webhook', () => {
  it('has the documented form, whatever the notice says', () => {
    fc.assert(
      fc.property(arbitraryNotice, (notice) => {
        const body = received(renderNoticeBody(notice));

        expect(webhookBodySchema.parse(body)).toEqual(body);
      }),
      { numRuns: 300 },
    );
  });

  it('has it too when a notice could not be written out, for digests and for summaries', () => {
    const incident = storedIncident();
    const bodies = [
      renderPlainBody(toPlainNotice(incident, { seq: 1, ping: true }, 'https://api.example'), 'no reason'),
      renderDigestBody({ startedAt: STORED_AT, entries: [entry(1)], stormAfter: 20, now: STORED_AT }),
      renderLinesBody('m1', ['one']),
    ];

    for (const body of bodies.map(received)) expect(webhookBodySchema.parse(body)).toEqual(body);
  });

  it('lists at most a thousand incidents of a storm, and counts the others', () => {
    const entries = Array.from({ length: 1_003 }, (_, n) => entry(n));

    const body = renderDigestBody({ startedAt: STORED_AT, entries, stormAfter: 20, now: STORED_AT });

    expect(body).toMatchObject({ omitted: 3 });
  });

  it('is text as it was written: nothing is escaped for a display', () => {
    const body = renderNoticeBody(sampleNotice({ happened: '<b> & *bold*' }));

    expect(body).toMatchObject({ happened: '<b> & *bold*' });
  });
});
