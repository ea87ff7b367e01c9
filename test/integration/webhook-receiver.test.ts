import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebhooks } from '../../lib/channels/webhook/open.ts';
import { sampleNotice } from '../support/factories/sample-notice.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { freePorts } from '../support/servers/free-ports.ts';

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'webhook.md'), 'utf8');
const [, code = ''] = /```js\n([\s\S]*?)```/.exec(document) ?? [];
const target = { channel: 'webhook', destination: 'webhook:pager', to: 'pager' };

let folder: string;
let receiver: ChildProcess;
let url: string;
let output = '';

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}/`;
  folder = mkdtempSync(join(tmpdir(), 'receiver-'));
  const file = join(folder, 'receiver.mjs');
  writeFileSync(file, code);
  const env = { PORT: String(port), NOTIFY_WEBHOOK_SECRET: 'shared' };
  receiver = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  receiver.stdout?.on('data', (part: Buffer) => {
    output += part.toString();
  });
  await waitFor('the receiver', async () => fetch(url, { method: 'POST' }).catch(() => undefined));
});

afterAll(() => {
  receiver.kill();
  rmSync(folder, { recursive: true });
});

async function send(secret: string, key: string) {
  const channel = openWebhooks({ NOTIFY_WEBHOOKS: new Map([['pager', url]]), NOTIFY_WEBHOOK_SECRET: secret });
  const rendered = await channel.render({ kind: 'root', notice: sampleNotice() }, target);
  const { outcome } = await channel.send(rendered?.body, target, { key, seq: 1, attempt: 1 });
  return outcome;
}

describe('the receiver of docs/webhook.md', () => {
  it('has at most 20 lines', () => {
    expect(code.trim().split('\n').filter(Boolean).length).toBeLessThanOrEqual(20);
  });

  it('takes a notice once, however often it comes', async () => {
    const outcomes = [await send('shared', 'k1'), await send('shared', 'k1')];

    expect(outcomes).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    await waitFor('the notice', async () => output.includes('\n') || undefined);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(output)).toMatchObject({ kind: 'notice', incident: { id: sampleNotice().incidentId } });
  });

  it('refuses what is signed with another secret, which is a fault of the configuration', async () => {
    expect(await send('other', 'k2')).toMatchObject({ kind: 'misconfigured', reason: 'unauthorized' });
  });
});
