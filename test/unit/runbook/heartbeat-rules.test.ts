import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findHeartbeatRule, findRunbook } from '../../../lib/core/runbook/find-runbook.ts';
import { MINUTE } from '../../../lib/core/shared/time.ts';
import { compileRunbooks } from '../../../scripts/compile-runbooks.ts';
import { type CopiedRunbooks, copyRunbooks } from '../../support/factories/runbook-folders.ts';

let copy: CopiedRunbooks;

beforeEach(() => {
  copy = copyRunbooks([]);
});

afterEach(() => copy.remove());

describe('heartbeat.yaml', () => {
  test('defaults to Watchdog every 10 minutes, also when the file is absent', () => {
    const rule = { alertname: 'Watchdog', interval: 10 * MINUTE, watch: true };
    const written = compileRunbooks(copy.folder);
    rmSync(join(copy.folder, 'heartbeat.yaml'));
    rmSync(join(copy.folder, 'heartbeat-missing.yaml'));
    rmSync(join(copy.folder, 'alertmanager-payload-too-large.yaml'));

    const bare = compileRunbooks(copy.folder);

    expect(findRunbook(written, 'AlertmanagerPayloadTooLarge').category).toBe('infrastructure');
    for (const catalog of [written, bare]) expect(findHeartbeatRule(catalog, 'prod')).toEqual(rule);
    expect(findRunbook(written, 'HeartbeatMissing').category).toBe('infrastructure');
    expect(findRunbook(bare, 'HeartbeatMissing').summary).toBe(bare.defaultRunbook.summary);
  });

  test('gives a source the top-level values that it does not set', () => {
    copy.write(
      'heartbeat.yaml',
      'alertname: Pulse\nsources:\n  a: { interval: 30m }\n  b: { watch: false }\n',
    );

    const catalog = compileRunbooks(copy.folder);

    expect(findHeartbeatRule(catalog, 'a')).toEqual({
      alertname: 'Pulse',
      interval: 30 * MINUTE,
      watch: true,
    });
    expect(findHeartbeatRule(catalog, 'b')).toMatchObject({ alertname: 'Pulse', watch: false });
  });

  test.each([
    ['heartbeat.yaml', 'alertname: Watchdog\ninterval: 1m\n', 2, /interval: must be at least 3m/],
    ['heartbeat.yaml', 'sources:\n  prod:\n    intervall: 5m\n', 3, /no key intervall/],
    ['heartbeat.yaml', 'sources:\n  "a b": { interval: 5m }\n', 2, /./],
    [
      'heartbeat-missing.yaml',
      'severity: critical\nalertname: Other\ncategory: system\nsummary: s\nimpact: i\n',
      2,
      /must be HeartbeatMissing/,
    ],
    [
      'alertmanager-payload-too-large.yaml',
      'severity: critical\nalertname: Other\ncategory: system\nsummary: s\nimpact: i\n',
      2,
      /must be AlertmanagerPayloadTooLarge/,
    ],
  ])('is refused with the line of the mistake, in %s: %j', (name, text, line, words) => {
    copy.write(name, text);

    expect(() => compileRunbooks(copy.folder)).toThrow(words);
    expect(() => compileRunbooks(copy.folder)).toThrow(`runbooks/${name}:${line}:`);
  });
});
