import { describe, expect, test } from 'vitest';
import { createLocalSilences } from '../../../infra/local/alertmanager/local-silences.ts';
import { HOUR } from '../../../lib/core/shared/time.ts';
import { mustEnd } from '../../support/processes/must-end.ts';

const now = Date.UTC(2026, 10, 24, 3);

function silence(value: string) {
  return {
    matchers: [{ name: 'service', value, isRegex: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + HOUR).toISOString(),
    createdBy: 'Ana',
    comment: 'upgrade',
  };
}

describe("a silence of Alertmanager's stand-in", () => {
  test('covers the alerts that its pattern matches, and none whose value would be tried again and again', () => {
    const silences = createLocalSilences(() => now);
    const put = silences.put(silence('(a|a)*c'));

    const covering = (service: string) => mustEnd(() => silences.covering({ service }));

    expect(covering('aaac')).toEqual(['silenceID' in put ? put.silenceID : '']);
    expect(covering(`${'a'.repeat(4_000)}b`)).toEqual([]);
  });

  test('is refused for a pattern that Alertmanager would refuse', () => {
    expect(createLocalSilences(() => now).put(silence('(?=a)b'))).toEqual({
      mistake: expect.stringMatching(/^invalid matcher of service: "\(\?=a\)b" has a lookahead, /),
    });
  });
});
