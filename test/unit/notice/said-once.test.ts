import { describe, expect, it } from 'vitest';
import { renderText } from '../../../lib/channels/email/render/text.ts';
import { renderRoot, renderWhole } from '../../../lib/core/notice/document/document.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import {
  SAMPLE_OPENED_AT,
  sampleNotice,
  sampleResolvedNotice,
} from '../../support/factories/sample-notice.ts';

const MINUTE = 60_000;

function timesSaid(notice: Notice, words: RegExp): number[] {
  return [renderWhole(notice), renderRoot(notice)].map(
    (document) => [...renderText(document).matchAll(words)].length,
  );
}

describe('a user action in a notice', () => {
  it('is shown once after an acknowledgement, with its time and note', () => {
    const notice = sampleNotice({
      reason: 'acknowledged',
      ping: false,
      happened: 'Acknowledged by Ana: ending 4711',
      acknowledged: { by: 'Ana', at: SAMPLE_OPENED_AT + 4 * MINUTE, note: 'ending 4711' },
    });

    expect(timesSaid(notice, /Acknowledged by Ana/g)).toEqual([1, 1]);
    expect(timesSaid(notice, /\(after 4 min\): ending 4711/g)).toEqual([1, 1]);
  });

  it('is shown once after a resolve by hand', () => {
    const notice = sampleResolvedNotice({
      resolvedBy: 'Ana',
      happened: 'Resolved by hand by Ana: pool drained',
    });

    expect(timesSaid(notice, /Resolved by hand by Ana/g)).toEqual([1, 1]);
    expect(timesSaid(notice, /pool drained/g)).toEqual([1, 1]);
  });

  it('is shown with the people if something else has happened since', () => {
    const notice = sampleResolvedNotice({
      resolvedBy: 'Ana',
      happened: 'It was over before this could be sent.',
    });

    expect(timesSaid(notice, /Resolved by hand by Ana/g)).toEqual([1, 1]);
  });
});
