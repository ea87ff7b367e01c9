import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { slackWords } from '../support/assertions/slack-text.ts';
import { catalog, runbook } from '../support/factories/catalog.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const CRITICAL = '#cryptofunk-critical';
const pages = {
  generatorURL: 'https://grafana.example/alerting/grafana/uid/view?orgId=1',
  silenceURL: 'https://grafana.example/alerting/silence/new?x',
  dashboardURL: 'https://grafana.example/d/abc',
  panelURL: 'https://grafana.example/d/abc?viewPanel=4',
};
/** What Grafana's own alerting says of itself in each payload. */
const sender = { version: '1', orgId: 1, externalURL: 'https://grafana.example/' };

type Alert = Record<string, unknown>;

function grafanaAlert(system: FirstResponder, change: Alert = {}): Alert {
  return {
    ...webhookAlert({ alertname: 'CpuHigh', startsAt: system.now }),
    annotations: { summary: 'CPU above 90 %' },
    ...pages,
    ...change,
  };
}

function receiveFromGrafana(system: FirstResponder, alerts: Alert[], change: Alert = {}) {
  return system.receive(alerts, webhookBody(alerts, { ...sender, ...change }));
}

function root(system: FirstResponder) {
  const message = system.slack.roots(CRITICAL).at(-1)?.message;
  if (message === undefined) throw new Error('nothing was posted');
  return message;
}

/** `Name: address` for each link under a message. */
function linksUnder(system: FirstResponder): string[] {
  const text = JSON.stringify(root(system).blocks);
  return [...text.matchAll(/<(https?:[^|>]+)\|([^>]+)>/g)].map(([, url, name]) => `${name}: ${url}`);
}

function incidentOf(system: FirstResponder) {
  const [incident] = system.world.incidents.items.values();
  if (incident === undefined) throw new Error('nothing was opened');
  return incident;
}

describe('an alert that Grafana sends', () => {
  it('has links to its rule, its dashboard and its panel, named by where they lead', async () => {
    const system = new FirstResponder();
    await receiveFromGrafana(system, [grafanaAlert(system)]);
    await system.drain();

    expect(linksUnder(system)).toEqual([
      'Grafana: https://grafana.example/alerting/grafana/uid/view?orgId=1',
      'Silence in Grafana: https://grafana.example/alerting/silence/new?x',
      'Dashboard: https://grafana.example/d/abc',
      'Panel: https://grafana.example/d/abc?viewPanel=4',
    ]);
    expect(system.mail.sent.at(-1)?.text).toContain(
      'Silence in Grafana: https://grafana.example/alerting/silence/new?x',
    );
  });

  it('is known without its organisation by the pages that it names', async () => {
    const system = new FirstResponder();
    await receiveFromGrafana(system, [grafanaAlert(system)], { orgId: undefined });
    await system.drain();

    expect(incidentOf(system)).toMatchObject({ sentBy: 'grafana', alerts: [{ sentBy: 'grafana' }] });
    expect(linksUnder(system).join('\n')).not.toMatch(/Alertmanager|Prometheus/);
  });

  it('is never looked for in Alertmanager, and is not closed for being absent there', async () => {
    const system = new FirstResponder({ buttons: { canSilence: () => true } });
    system.alertmanager = [];
    await receiveFromGrafana(system, [grafanaAlert(system)]);
    await system.drain();
    for (let passed = 0; passed < 9 * HOUR; passed += 5 * MINUTE) {
      system.world.clock.advance(5 * MINUTE);
      await system.tick();
      await system.drain();
    }

    expect(system.asked).toBe(0);
    expect(incidentOf(system)).toMatchObject({ status: 'open', tiers: { highest: 3 } });
    expect(system.mail.sent.at(-1)?.text).toContain(
      "Grafana sent it, and Grafana's alerts are not in Alertmanager",
    );
  });

  it('still resolves by its own resolve', async () => {
    const system = new FirstResponder();
    await receiveFromGrafana(system, [grafanaAlert(system)]);
    await system.drain();
    system.world.clock.advance(MINUTE);
    await system.receive([
      grafanaAlert(system, { status: 'resolved', endsAt: new Date(system.now).toISOString() }),
    ]);

    expect(incidentOf(system).status).toBe('resolved');
  });

  describe('in an incident that Alertmanager opened', () => {
    const ofGrafana = { alertname: 'CpuHigh', severity: 'warning', host: 'b' };

    async function open(): Promise<FirstResponder> {
      const system = new FirstResponder();
      system.alertmanager = [];
      await system.receive([webhookAlert({ alertname: 'CpuHigh', startsAt: system.now })]);
      await receiveFromGrafana(system, [grafanaAlert(system, { labels: ofGrafana })]);
      await system.drain();
      return system;
    }

    async function passHour(system: FirstResponder): Promise<void> {
      for (let passed = 0; passed < HOUR; passed += 5 * MINUTE) {
        system.world.clock.advance(5 * MINUTE);
        await system.tick();
        await system.drain();
      }
    }

    it('fires on while those of Alertmanager are gone', async () => {
      const system = await open();
      await passHour(system);

      expect(system.asked).toBeGreaterThan(0);
      expect(incidentOf(system)).toMatchObject({
        status: 'open',
        severity: 'warning',
        alerts: [{ state: 'vanished' }, { state: 'firing' }],
      });
    });

    it('does not keep the others from being looked for once it has resolved', async () => {
      const system = await open();
      system.world.clock.advance(MINUTE);
      const endsAt = new Date(system.now).toISOString();
      await receiveFromGrafana(system, [
        grafanaAlert(system, { labels: ofGrafana, status: 'resolved', endsAt }),
      ]);
      await passHour(system);

      expect(incidentOf(system)).toMatchObject({ status: 'resolved', resolution: 'vanished' });
    });
  });

  it('offers no silence in Alertmanager, which would not reach it', async () => {
    const system = new FirstResponder({ buttons: { canSilence: () => true } });
    await receiveFromGrafana(system, [grafanaAlert(system)]);
    await system.drain();

    expect(JSON.stringify(root(system).blocks)).toContain('"action_id":"acknowledge"');
    expect(JSON.stringify(root(system).blocks)).not.toContain('"action_id":"silence"');
  });
});

describe('an alert of Grafana that fires because its rule has no data', () => {
  const noData = (system: FirstResponder, change: Alert = {}) =>
    grafanaAlert(system, {
      labels: {
        alertname: 'DatasourceNoData',
        rulename: 'CpuHigh',
        severity: 'critical',
        datasource_uid: 'p1',
      },
      ...change,
    });

  it('says that data is missing, not that the condition holds', async () => {
    const system = new FirstResponder();
    await receiveFromGrafana(system, [noData(system)]);
    await system.drain();

    const { text } = root(system);
    expect(text).toContain(
      'Grafana gets no data for the rule CpuHigh. Nobody knows whether its condition holds.',
    );
    expect(text).not.toContain('CPU above 90 %');
    expect(system.mail.sent.at(-1)?.text).toContain("The rule's own text: CPU above 90 %");
  });

  it('is not what a rule of Prometheus of the same name is called', async () => {
    const system = new FirstResponder();
    const alert = webhookAlert({ alertname: 'DatasourceError', startsAt: system.now });
    await system.receive([{ ...alert, annotations: { summary: 'Loki answers 5xx' } }]);
    await system.drain();

    expect(root(system).text).toContain('Loki answers 5xx');
    expect(root(system).text).not.toContain('Grafana');
  });

  it('says so when the rule could not be evaluated, and why', async () => {
    const system = new FirstResponder();
    const annotations = { summary: 'CPU above 90 %', Error: 'dial tcp: timeout' };
    const labels = { alertname: 'DatasourceError', rulename: 'CpuHigh', severity: 'critical' };
    await receiveFromGrafana(system, [noData(system, { labels, annotations })]);
    await system.drain();

    expect(root(system).text).toContain('Grafana could not evaluate the rule CpuHigh (dial tcp: timeout).');
  });

  it('says so before what the runbook says of a rule that fires without data', async () => {
    const system = new FirstResponder({
      catalog: catalog({}, [runbook({ alertname: 'CpuHigh', impact: 'Everything is slow.' })]),
    });
    const annotations = { summary: 'CPU above 90 %', grafana_state_reason: 'NoData' };
    await receiveFromGrafana(system, [grafanaAlert(system, { annotations })]);
    await system.drain();

    expect(root(system).text).toContain('Grafana gets no data for the rule CpuHigh');
    const words = slackWords(root(system));
    expect(words.indexOf('Grafana gets no data')).toBeLessThan(words.indexOf('Everything is slow.'));
    expect(words.split('Grafana gets no data')).toHaveLength(2);
  });
});
