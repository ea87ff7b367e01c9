import { expect, test } from 'vitest';
import { runbookSchema } from '../../../lib/core/runbook/runbook-schema.ts';

function paths(path: string): { ok: boolean; output: string[] } {
  const read = runbookSchema.safeParse({
    alertname: 'X',
    severity: 'warning',
    category: 'agents',
    summary: 'x',
    impact: 'x',
    diagnostics: [
      { id: 'x', title: 'x', kind: 'http', read: 'health', targets: ['api'], sentence: 'x', path },
    ],
  });
  return { ok: read.success, output: read.error?.issues.map(({ message }) => message) ?? [] };
}

test.each([
  '/',
  '/health',
  '/agents/{{ labels.agent }}/health',
  '/v1.2/x..y/%20',
  '/a/{{ labels.a }}-{{labels.b}}',
])('the path of an http step may be %s', (path) => {
  expect(paths(path)).toEqual({ ok: true, output: [] });
});

test.each([
  '',
  'health',
  '@evil.example/',
  'http://evil.example/',
  '/health?all=1',
  '/health#x',
  '/a b',
  '/a\\b',
  '/../x',
  '/a/./b',
  '/a/..',
])('the path of an http step may not be %s', (path) => {
  expect(paths(path)).toEqual({ ok: false, output: ['must be a path like /health'] });
});
