import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServiceAccount } from '../../../../lib/adapters/kubernetes/kubernetes-access.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-account-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a token that the cluster replaced is used from then on', async () => {
  const account = readServiceAccount(folder);
  writeFileSync(join(folder, 'token'), 'first\n');
  writeFileSync(join(folder, 'ca.crt'), 'an authority');

  const before = await account.token();
  writeFileSync(join(folder, 'token'), 'second\n');
  const after = await account.token();

  expect([before, after]).toEqual([
    { kind: 'ok', value: 'first\n' },
    { kind: 'ok', value: 'second\n' },
  ]);
  expect(await account.authority()).toEqual({ kind: 'ok', value: 'an authority' });
});

test('a pod without an account says so, and does not ask without a token', async () => {
  const account = readServiceAccount(folder);
  writeFileSync(join(folder, 'token'), '');

  expect(await account.token()).toEqual({
    kind: 'failed',
    reason: "the service account's token cannot be read",
  });
  expect(await account.authority()).toEqual({
    kind: 'failed',
    reason: "the service account's ca.crt cannot be read",
  });
});
