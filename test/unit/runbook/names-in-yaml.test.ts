import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeNotice } from '../../../lib/core/routing/route-notice.ts';
import { compileRunbooks } from '../../../scripts/compile-runbooks.ts';
import { toRoutes } from '../../support/factories/configured-channels.ts';
import { type CopiedRunbooks, copyRunbooks } from '../../support/factories/runbook-folders.ts';

let copy: CopiedRunbooks;

beforeEach(() => {
  copy = copyRunbooks(['agent-down.yaml']);
});

afterEach(() => copy.remove());

function change(file: string, from: string | RegExp, to: string): void {
  const path = join(copy.folder, file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, changed);
}

describe('names that only the YAML knows', () => {
  test('a category of a runbook is one by which listings are filtered and notices routed', () => {
    change('alerts/agent-down.yaml', /category: .*/, 'category: payments');
    change('routing.yaml', 'category: [trading]', 'category: [payments]');

    const catalog = compileRunbooks(copy.folder);

    expect(catalog.categories).toContain('payments');
    expect(catalog.routes.find(({ category }) => category?.includes('payments'))).toBeDefined();
  });

  test('a mail list is the name of a variable, or addresses as they are', () => {
    change('routing.yaml', 'email: [ALERT_EMAIL_TO]', 'email: [DESK_EMAIL_TO, duty@example.com]');
    const catalog = compileRunbooks(copy.folder);
    const runbook = Object.values(catalog.runbooks)[0] ?? catalog.defaultRunbook;

    const targets = routeNotice(
      catalog,
      toRoutes({ slack: 'none', mail: true, mailLists: { DESK_EMAIL_TO: ['desk@example.com'] } }),
      {
        runbook,
        severity: 'warning',
        had: [],
        reason: 'opened',
        ping: true,
        tiers: [],
        at: 0,
        tierPages: [],
      },
    );

    expect(catalog.mailLists).toEqual(['CRITICAL_ALERT_EMAIL_TO', 'ALERT_EMAIL_TO', 'DESK_EMAIL_TO']);
    expect(targets).toMatchObject([{ channel: 'email', to: ['desk@example.com', 'duty@example.com'] }]);
  });
});
