import { describe, expect, it } from 'vitest';
import { slackWords } from '../support/assertions/slack-text.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';

type Alert = Parameters<typeof webhookAlert>[0] & { annotations?: Record<string, string> };

async function receive(alerts: (system: FirstResponder) => Alert[]): Promise<FirstResponder> {
  const system = new FirstResponder();
  await system.receive(
    alerts(system).map(({ annotations = {}, ...alert }) => ({ ...webhookAlert(alert), annotations })),
  );
  await system.drain();
  return system;
}

function root(system: FirstResponder): string {
  return slackWords(system.slack.roots(CRITICAL).at(-1)?.message ?? { blocks: [] });
}

function thread(system: FirstResponder): string {
  const ref = system.slack.roots(CRITICAL)[0]?.ref;
  const replies = ref === undefined ? [] : system.slack.replies(ref);
  return replies.map(({ message }) => slackWords(message)).join('\n');
}

const mail = (system: FirstResponder) => system.mail.sent.at(-1)?.text ?? '';

const SUMMARY = 'Loki request error rate is high.';
const DESCRIPTION = 'loki/distributor api_push is experiencing 23.40% errors.';
const loki = { summary: SUMMARY, description: DESCRIPTION };

describe('a description that says more than the summary', () => {
  it('is in the first message, in its thread and in the mail', async () => {
    const system = await receive(({ now }) => [
      { alertname: 'LokiRequestErrors', startsAt: now, annotations: loki },
    ]);

    for (const text of [root(system), thread(system), mail(system)]) expect(text).toContain(DESCRIPTION);
    expect(root(system).split(SUMMARY)).toHaveLength(2);
  });

  it('is whole in thread and mail, however long it is', async () => {
    const long = `${'word '.repeat(270)}end`;
    const system = await receive(({ now }) => [
      { alertname: 'X', startsAt: now, annotations: { summary: SUMMARY, description: long } },
    ]);

    expect(root(system)).not.toContain('end');
    expect(thread(system)).toContain(long);
    expect(mail(system).replace(/\s+/g, ' ')).toContain(long);
  });

  it('is shown of the worst of several alerts, and of all of them in thread and mail', async () => {
    const system = await receive(({ now }) =>
      ['a', 'b', 'c'].map((pod) => ({
        alertname: 'LokiRequestErrors',
        startsAt: now,
        labels: { pod },
        annotations: { summary: SUMMARY, description: `${pod} has 23 % errors` },
      })),
    );

    expect(root(system)).toContain('has 23 % errors');
    for (const text of [thread(system), mail(system)]) {
      for (const pod of ['a', 'b', 'c']) expect(text).toContain(`${pod} has 23 % errors`);
    }
  });

  it('is shown once when several alerts have the same', async () => {
    const system = await receive(({ now }) =>
      ['a', 'b'].map((pod) => ({ alertname: 'X', startsAt: now, labels: { pod }, annotations: loki })),
    );

    expect(mail(system).split(DESCRIPTION)).toHaveLength(2);
  });

  it('is not said twice when it repeats the summary', async () => {
    const system = await receive(({ now }) => [
      {
        alertname: 'X',
        startsAt: now,
        annotations: { summary: SUMMARY, description: 'LOKI request error rate is high' },
      },
    ]);

    for (const text of [root(system), mail(system)])
      expect(text.toLowerCase().split('loki request')).toHaveLength(2);
  });
});

describe('alerts of one name in two severities', () => {
  const levels = (system: FirstResponder): Alert[] => [
    {
      alertname: 'TwoLevels',
      startsAt: system.now,
      labels: { severity: 'critical', instance: 'n:9100' },
      annotations: { summary: 'less than 3%' },
    },
    {
      alertname: 'TwoLevels',
      startsAt: system.now,
      labels: { severity: 'warning', instance: 'n:9100' },
      annotations: { summary: 'less than 5%' },
    },
  ];

  it('are named by their severities when nothing else sets them apart', async () => {
    const system = await receive(levels);

    for (const text of [root(system), mail(system)]) {
      expect(text).toContain('TwoLevels - 2 alerts (critical, warning)');
      expect(text).toMatch(/critical +firing .*less than 3%/);
      expect(text).toMatch(/warning +firing .*less than 5%/);
      expect(text).not.toContain('alert 1');
    }
  });

  it('have a column with it when other labels set them apart', async () => {
    const system = await receive((each) =>
      levels(each).map((alert, index) => ({
        ...alert,
        labels: { ...alert.labels, instance: `n${index}:9100` },
      })),
    );

    for (const text of [root(system), mail(system)]) {
      expect(text).toMatch(/n0:9100 +critical +firing .*less than 3%/);
      expect(text).toMatch(/n1:9100 +warning +firing .*less than 5%/);
    }
  });

  it('are named as they were written when both words mean one severity', async () => {
    const system = await receive(({ now }) =>
      ['P1', 'critical'].map((severity) => ({ alertname: 'X', startsAt: now, labels: { severity } })),
    );

    expect(root(system)).toMatch(/X - 2 alerts \((?:P1, critical|critical, P1)\)/);
  });
});
