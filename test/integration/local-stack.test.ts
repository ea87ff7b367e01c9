import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { holdPort } from '../../infra/local/stack/ports.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { type LiveProcess, stillRunning } from '../support/processes/process-tree.ts';
import { startRealProcess, waitForProcess } from '../support/processes/real-process.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import {
  type RunningFirstResponder,
  startFirstResponder,
} from '../support/servers/running-first-responder.ts';

const root = join(import.meta.dirname, '..', '..');

const messagesSchema = z.array(
  z.looseObject({
    channel: z.string(),
    channelId: z.string(),
    ts: z.string(),
    threadTs: z.string().optional(),
    blocks: z.array(z.unknown()),
    answers: z.array(z.string()).optional(),
  }),
);
const mailsSchema = z.array(
  z.looseObject({ recipients: z.array(z.string()), subject: z.string(), text: z.string() }),
);

/** The folder of a running stack's functions: an argument of their process. */
function functionsFolder(processes: LiveProcess[]): string {
  for (const { pid } of processes) {
    const notified = /LOCAL_FUNCTIONS_FOLDER=([^\0]+)/.exec(
      readFileSync(`/proc/${pid}/environ`, 'utf8'),
    )?.[1];
    if (notified !== undefined) return join(root, notified);
  }
  throw new Error('no process has a folder of functions');
}

/** The ports of `serverless offline`, for requests and for invocations. */
function functionPorts(processes: LiveProcess[]): string[] {
  for (const { pid } of processes) {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const [, ...ports] = /\0--httpPort\0(\d+)\0--lambdaPort\0(\d+)/.exec(line) ?? [];
    if (ports.length > 0) return ports;
  }
  throw new Error('no process runs the functions');
}

describe('npm start', () => {
  let stack: RunningFirstResponder;

  beforeAll(async () => {
    stack = await startFirstResponder({
      ALERT_EMAIL_TO: 'team@example.com',
      CRITICAL_ALERT_EMAIL_TO: 'oncall@example.com',
    });
  });

  afterAll(() => stack.stop());

  async function inbox(path: string): Promise<unknown> {
    const url = /^Inbox: (\S+)/m.exec(stack.log())?.[1];
    return (await fetch(`${url}${path}`)).json();
  }

  it('prints the configuration for a real Alertmanager', () => {
    expect(stack.log()).toContain(`url: ${stack.webhookURL}`);
  });

  it('names the real parts and the stand-ins', () => {
    expect(stack.log()).toMatch(/^ {2}Prometheus: (the real one|stand-in) at http:/m);
    expect(stack.log()).toMatch(/^ {2}Services: stand-ins at http:/m);
  });

  it('plays nothing with --no-demo', async () => {
    expect(await stack.incidents()).toEqual([]);
    expect(await inbox('/messages')).toEqual([]);
  });

  it('turns a webhook into a Slack message and a mail with findings, and into history', async () => {
    const outcomes = await stack.post(capturedEvent('firing-critical'));

    const { messages, mails } = await waitFor('Slack and the mailbox to be told', async () => {
      const arrived = {
        messages: messagesSchema.parse(await inbox('/messages')),
        mails: mailsSchema.parse(await inbox('/mails')),
      };
      // A root for each channel, and under it everything for which it has no room.
      return arrived.messages.length >= 4 && arrived.mails.length >= 1 ? arrived : undefined;
    });
    const incidents = await stack.incidents();

    expect(outcomes).toEqual(['opened']);
    const roots = messages.filter(({ threadTs }) => threadTs === undefined);
    expect(roots.map(({ channel }) => channel).toSorted()).toEqual([
      '#cryptofunk-alerts',
      '#cryptofunk-critical',
    ]);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.recipients.toSorted()).toEqual(['oncall@example.com', 'team@example.com']);
    for (const text of [...roots.map((root) => JSON.stringify(root)), mails[0]?.text]) {
      expect(text).toMatch(/7 idle in transaction/);
      expect(text).toMatch(/pg_terminate_backend\(\d+\)/);
    }
    const threads = roots.map(({ ts }) => messages.filter(({ threadTs }) => threadTs === ts));
    expect(threads.map(({ length }) => length)).toEqual([1, 1]);
    for (const text of [...threads.map((thread) => JSON.stringify(thread)), mails[0]?.text]) {
      expect(text).toMatch(/idle connections over the last hour: min 0 · max 6 · now 0/);
    }
    expect(incidents).toMatchObject([{ alertname: 'DatabaseConnectionPoolCritical', status: 'open' }]);
  });

  it("accepts an action on the inbox page, signed like Slack's", async () => {
    const { channelId, ts, value } = await waitFor('a message with buttons', async () => {
      const [message] = messagesSchema.parse(await inbox('/messages'));
      const found = /"action_id":"acknowledge".*?"value":"(\d+ [\w.]+)"/.exec(
        JSON.stringify(message?.blocks),
      );
      return found && message ? { ...message, value: found[1] } : undefined;
    });
    const url = /^Inbox: (\S+)/m.exec(stack.log())?.[1];

    const response = await fetch(`${url}/press`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url ?? '' },
      body: JSON.stringify({ channelId, ts, action: 'acknowledge', value }),
    });
    const shown = await waitFor('the message to say so', async () => {
      const message = messagesSchema.parse(await inbox('/messages')).find((each) => each.ts === ts);
      return JSON.stringify(message?.blocks).includes('Acknowledged by you') ? message : undefined;
    });

    expect(response.status).toBe(200);
    expect(shown.answers).toEqual(['Acknowledged: it is yours.']);
  });

  it('adds nothing for repeated webhooks, and one answer to each message for the resolve', async () => {
    const repeated = [];
    for (let i = 0; i < 5; i += 1) repeated.push(...(await stack.post(capturedEvent('firing-critical'))));
    const outcomes = await stack.post(capturedEvent('resolved-critical'));

    // Each incident's notices are sent in order, so any result of the repeats has come before the resolve.
    const threads = await waitFor('the resolve to be told in both threads', async () => {
      const all = messagesSchema.parse(await inbox('/messages'));
      const found = all
        .filter(({ threadTs }) => threadTs === undefined)
        .map(({ ts }) =>
          all.filter(({ threadTs }) => threadTs === ts).map(({ blocks }) => JSON.stringify(blocks)),
        );
      return found.every((replies) => replies.some((reply) => reply.includes('RESOLVED')))
        ? found
        : undefined;
    });

    expect(repeated).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
    expect(outcomes).toEqual(['resolved']);
    // Everything for which the root has no room, who acknowledged, and the end.
    expect(threads.map(({ length }) => length)).toEqual([3, 3]);
    for (const [details, acknowledged, end] of threads) {
      expect(details).toContain('idle connections over the last hour');
      expect(acknowledged).toMatch(/acknowledged/i);
      expect(end).toContain('RESOLVED');
    }
  });

  it('refuses pages of other origins on every port of its functions', async () => {
    const headers = { origin: 'https://evil.example' };
    const urls = functionPorts(stack.processes()).map((port) => `http://127.0.0.1:${port}/health`);

    const answers = await Promise.all([`${stack.url}/health`, ...urls].map((url) => fetch(url, { headers })));

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    for (const { headers: answered } of answers)
      expect(answered.has('access-control-allow-origin')).toBe(false);
  });

  it('leaves no process and no folder behind after Ctrl-C', async () => {
    const processes = stack.processes();
    const folder = functionsFolder(processes);
    const stood = existsSync(folder);

    const code = await stack.interrupt();

    await waitFor('every process to be gone', () =>
      stillRunning(processes).length === 0 ? true : undefined,
    );
    expect(processes.length).toBeGreaterThan(3);
    expect(code).toBe(0);
    expect([stood, existsSync(folder)]).toEqual([true, false]);
  });
});

describe('npm start, when it fails', () => {
  async function fails(settings: Record<string, string>, args: string[] = []) {
    const folder = mkdtempSync(join(tmpdir(), 'first-responder-fails-'));
    const { PATH, HOME } = process.env;
    try {
      const stack = await startRealProcess({
        command: process.execPath,
        args: [join(root, 'infra/local/stack/start.ts'), '--no-demo', ...args],
        env: { PATH, HOME, ...settings },
        logFile: join(folder, 'log'),
      });
      try {
        const code = await waitFor('it to end', () => stack.ended());
        return { code, output: stack.log().trim() };
      } finally {
        await stack.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it.each([
    ['a port that is no number', { PORT: 'http' }, 'PORT must be a whole number from 1 to 65535'],
    ['two bad variables', { PORT: 'x', DATABASE_URL: 'x' }, 'DATABASE_URL must be a URL like postgres://'],
    ['a URL that is none', { PROMETHEUS_URL: 'prometheus' }, 'PROMETHEUS_URL must be a URL'],
    ['one port for two', { PORT: '4999', INBOX_PORT: '4999' }, 'INBOX_PORT must be another port than PORT'],
    ['tokens without a source', { WEBHOOK_TOKENS: 'secret' }, 'WEBHOOK_TOKENS must look like source=token'],
    ['one queue without the other', { DELIVER_QUEUE_URL: 'http://q' }, 'DIAGNOSE_QUEUE_URL is required'],
    [
      'queues without an endpoint',
      { DELIVER_QUEUE_URL: 'http://q', DIAGNOSE_QUEUE_URL: 'http://q' },
      'AWS_ENDPOINT_URL_SQS is required when queues are given',
    ],
  ])('says why in one sentence: %s', async (_what, settings, sentence) => {
    const { code, output } = await fails(settings);

    expect(code).toBe(1);
    expect(output.split('\n')).toHaveLength(1);
    expect(output).toContain(sentence);
  });

  it('gives the reason why the functions cannot be loaded, instead of waiting for them', async () => {
    const [port] = await freePorts(1);

    const { code, output } = await fails({ PORT: String(port), LOCAL_FUNCTIONS_FOLDER: '.local/nowhere' });

    expect(code).toBe(1);
    expect(output).toMatch(/^The webhook cannot be used: HTTP \d+, .*nowhere/m);
  });

  it('names an unknown option', async () => {
    const { code, output } = await fails({}, ['--nodemo']);

    expect(code).toBe(1);
    expect(output).toBe("Unknown option '--nodemo'; npm start -- --help shows the options.");
  });

  it('says that its port is taken, and by what variable to choose another', async () => {
    const held = await holdPort(0);
    onTestFinished(() => held?.letGo());
    const port = String(held?.port);

    const { code, output } = await fails({ PORT: port });

    expect(code).toBe(1);
    expect(output).toBe(`Port ${port} is in use; stop what listens there, or choose another port with PORT.`);
  });

  it('stops in order when it is interrupted while it starts and its ports get requests', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'first-responder-early-'));
    const [port] = await freePorts(1);
    const { PATH, HOME } = process.env;
    const stack = await startRealProcess({
      command: process.execPath,
      args: [join(root, 'infra/local/stack/start.ts'), '--no-demo'],
      env: { PATH, HOME, PORT: String(port) },
      logFile: join(folder, 'log'),
    });
    const early = await waitForProcess('the API to answer', stack, () =>
      fetch(`http://127.0.0.1:${port}/health`).then(({ status, headers }) => ({ status, headers })),
    );
    // A connection that stays open, on the port of the inbox.
    const asking = fetch(`http://127.0.0.1:${Number(port) + 1}/`).catch(() => undefined);

    await stack.stop('SIGINT');
    await asking;

    expect(early.status).toBe(503);
    expect(early.headers.get('retry-after')).toBe('1');
    expect(stack.ended()).toBe(0);
    expect(stack.log()).not.toMatch(/error|at .*\.ts:\d/i);
    rmSync(folder, { recursive: true, force: true });
  });
});
