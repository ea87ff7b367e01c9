import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sampleAlertnames } from '../../infra/local/play/sample-alerts.ts';
import type { LocalSlackMessage } from '../../infra/local/slack/local-slack-messages.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const playedSchema = z.array(
  z.object({
    alertname: z.string(),
    incidents: z.array(z.object({ id: z.string(), outcome: z.string() })),
    messages: z.array(z.custom<LocalSlackMessage>()),
    mails: z.array(z.object({ subject: z.string(), text: z.string() })),
  }),
);

let played: z.infer<typeof playedSchema>;

/** One stack of its own with every alert of the sample world, one after the other, like a user. */
beforeAll(async () => {
  const { PATH, HOME, FIRST_RESPONDER_CI_RUN } = process.env;
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'play', '--', '--all', '--json'], {
    cwd: root,
    env: { PATH, HOME, FIRST_RESPONDER_CI_RUN },
    maxBuffer: 64 * 1024 * 1024,
  });
  played = playedSchema.parse(JSON.parse(stdout));
});

describe('npm run play, for every alert that has a runbook', () => {
  test('plays each of them, and none is left out', () => {
    expect(new Set(sampleAlertnames())).toEqual(new Set(Object.keys(ourRunbooks.runbooks)));
    expect(played.map(({ alertname }) => alertname)).toEqual(sampleAlertnames());
  });

  test.each(sampleAlertnames())('%s gives findings from the sample world', (alertname) => {
    const { incidents, messages } = entry(alertname);

    const [message] = messages.filter(({ threadTs }) => threadTs === undefined);
    const notified = message === undefined ? '' : slackWords(message);
    expect(incidents.map(({ outcome }) => outcome)).toEqual(['opened']);
    expect(notified).toContain(ourRunbooks.runbooks[alertname]?.impact);
    // Real findings, every check complete, and no hole in a text.
    expect(notified).toMatch(/What we found \([1-9]\d* of \d+ checks? needs? attention\)/);
    expect(notified).not.toMatch(/could not check|\{\{|\bundefined\b|\bNaN\b|\[object|see below/);
  });

  test.each(sampleAlertnames())('%s goes to the channels of its severity and category', (alertname) => {
    const runbook = ourRunbooks.runbooks[alertname];
    const { messages, mails } = entry(alertname);

    const channels = new Set(messages.map(({ channel }) => channel));
    expect(channels).toContain('#cryptofunk-alerts');
    expect(channels.has('#cryptofunk-critical')).toBe(runbook?.severity === 'critical');
    expect(channels.has('#cryptofunk-trading')).toBe(runbook?.category === 'trading');
    expect(channels.has('#cryptofunk-agents')).toBe(runbook?.category === 'agents');
    expect(mails.length > 0).toBe(runbook?.severity !== 'info');
  });
});

function entry(alertname: string) {
  const found = played.find((each) => each.alertname === alertname);
  if (found === undefined) throw new Error(`${alertname} was not played`);
  return found;
}
