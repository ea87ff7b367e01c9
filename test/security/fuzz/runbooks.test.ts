import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noticeReasons } from '../../../lib/core/incident/effect.ts';
import { routeNotice } from '../../../lib/core/routing/route-notice.ts';
import { runbookSchema } from '../../../lib/core/runbook/runbook-schema.ts';
import { severities } from '../../../lib/core/shared/severity.ts';
import { parseBySchema } from '../../../scripts/runbook/check/parse-by-schema.ts';
import { readYamlLines } from '../../../scripts/runbook/check/yaml-lines.ts';
import { catalog, runbook } from '../../support/factories/catalog.ts';
import { configuredChannels, toRoutes } from '../../support/factories/configured-channels.ts';
import { STORED_AT } from '../../support/factories/stored-incident.ts';
import { anyText, broken } from './broken-texts.ts';
import { fuzz } from './fuzz-parser.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'runbooks');
const valid = readFileSync(join(folder, 'alerts', 'agent-down.yaml'), 'utf8');

describe('fuzzed parsers', () => {
  it('runbook: every YAML is a runbook, or mistakes with their lines', () => {
    fuzz('runbook', fc.oneof(broken(fc.constant(valid)), anyText), 2_000, (source) => {
      const yaml = readYamlLines(source);

      const lines = source.split('\n').length + 1;
      for (const { line, message } of yaml.errors) {
        expect([line >= 1 && line <= lines, message.length < 2_000]).toEqual([true, true]);
      }
      if (yaml.errors.length > 0) return;
      const parsed = parseBySchema(runbookSchema, yaml.value, yaml.has);
      if ('mistakes' in parsed) expect(parsed.mistakes.length).toBeGreaterThan(0);
    });
  });

  it('routing: whatever the notice, people are told, each destination once', () => {
    const notice = fc.record({
      category: anyText,
      severity: fc.constantFrom(...severities),
      had: fc.subarray([...severities]),
      reason: fc.constantFrom(...noticeReasons),
      ping: fc.boolean(),
      tiers: fc.subarray([1, 2, 3] as const),
    });
    fuzz('routing', notice, 6_000, ({ category, ...given }) => {
      const targets = routeNotice(catalog(), toRoutes(configuredChannels), {
        ...given,
        runbook: runbook({ category }),
        at: STORED_AT,
        tierPages: [],
      });

      const destinations = targets.map(({ destination }) => destination);
      expect(destinations.length).toBeGreaterThan(0);
      expect(new Set(destinations).size).toBe(destinations.length);
    });
  });
});
