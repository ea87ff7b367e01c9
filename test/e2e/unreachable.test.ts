import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalSmtp, startLocalSmtp } from '../../infra/local/mail/smtp.ts';
import type { LocalSlackMessage } from '../../infra/local/slack/local-slack-messages.ts';
import { type LocalSlack, startLocalSlack } from '../../infra/local/slack/slack.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { runbookImpact } from '../support/factories/runbook-impact.ts';
import { waitFor } from '../support/processes/wait-for.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { type HangingServer, startHangingServer } from '../support/servers/hanging-server.ts';
import {
  type RunningFirstResponder,
  startFirstResponder,
} from '../support/servers/running-first-responder.ts';

/** Deadline of a critical diagnosis, and the allowance for everything around it. */
const DEADLINE_MS = 10_000;
const WAY_MS = 2_000;
/** The allowance for a busy machine. */
const BUSY = 3;

let slack: LocalSlack;
let smtp: LocalSmtp;
let silent: HangingServer;
let closedPort: number | undefined;
let system: RunningFirstResponder | undefined;

beforeEach(async () => {
  [slack, smtp, silent] = await Promise.all([startLocalSlack(), startLocalSmtp(), startHangingServer()]);
  [closedPort] = await freePorts(1);
});

afterEach(async ({ task }) => {
  const keep = task.result?.state === 'fail';
  await system?.stop({ keep });
  await Promise.all([slack.close(), smtp.close(), silent.stop()]);
});

describe('with PostgreSQL, Prometheus and the Alertmanager API unreachable', () => {
  test.each([
    { how: 'closed ports', port: () => closedPort },
    { how: 'servers that hang', port: () => silent.port },
  ])('the page leaves in time and says what could not be checked ($how)', async ({ port }) => {
    system = await startFirstResponder({
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: 'xoxb-e2e',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      ALERT_EMAIL_TO: 'team@cryptofunk.example',
      CRITICAL_ALERT_EMAIL_TO: 'oncall@cryptofunk.example',
      DATABASE_URL: `postgres://reader:secret-password@127.0.0.1:${port()}/cryptofunk`,
      PROMETHEUS_URL: `http://127.0.0.1:${port()}`,
      ALERTMANAGER_URL: `http://127.0.0.1:${port()}`,
    });
    const { record, incidents, post } = system;
    const postedAt = performance.now();

    await post(capturedEvent('firing-critical'));
    const root = await waitFor('the critical page', critical, { everyMs: 20 });
    const tookMs = performance.now() - postedAt;
    const [mail] = await waitFor('the mail', () => (smtp.mails().length > 0 ? smtp.mails() : undefined));

    expect(tookMs).toBeLessThan(BUSY * (DEADLINE_MS + WAY_MS));
    const [incident] = await incidents();
    const { diagnoses } = await record(incident?.id ?? '');
    const findings = diagnoses.flatMap((diagnosis) => diagnosis.findings);
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['unchecked']));
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(
      new Set(['sql', 'promql', 'alertmanager', 'expression']),
    );
    expect(slackWords(root)).toContain(runbookImpact('DatabaseConnectionPoolCritical'));
    expect(slackWords(root)).toContain('could not check');
    // What a phone's screen has no room for stands in the thread, a slot at Slack later.
    const notified = await waitFor('the page to say of every check that it could not be made', () => {
      const words = [root, ...threadOf(root)].map(slackWords).join('\n');
      const output = findings.every(
        ({ title, sentence }) => words.includes(title) || words.includes(sentence),
      );
      return output ? words : undefined;
    });
    expect(findings.filter(({ title }) => !mail?.text.includes(title))).toEqual([]);
    expect(mail?.text).toContain(findings[0]?.title);
    expect(`${notified}${mail?.text}${mail?.html}${system.log()}`).not.toContain('secret-password');
  });
});

function threadOf({ channelId, ts }: LocalSlackMessage): LocalSlackMessage[] {
  return slack.messages().filter((each) => each.channelId === channelId && each.threadTs === ts);
}

function critical(): LocalSlackMessage | undefined {
  return slack
    .messages()
    .find(({ channel, threadTs }) => channel === '#cryptofunk-critical' && threadTs === undefined);
}
