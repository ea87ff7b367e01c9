import { expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { showIncident } from '../../lib/flow/history/show-incident.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

it('an unknown severity becomes the runbook’s, is shown as written in Slack, mail and the API, and is reported', async () => {
  const responder = new FirstResponder();
  const alert = webhookAlert({ startsAt: responder.now - MINUTE, labels: { severity: 'Katastrophe' } });

  const result = await responder.receive([alert]);
  await responder.drain();

  const [incident] = [...responder.world.incidents.items.values()];
  const shown =
    incident && (await showIncident({ ...responder.world, catalog: responder.catalog }, incident.id));
  const words = 'Unknown severity: "Katastrophe" is taken for critical';
  expect(result).toMatchObject({ unknownSeverities: ['Katastrophe'] });
  expect(incident?.severity).toBe('critical');
  expect(JSON.stringify(responder.slack.roots()[0]?.message)).toContain('Katastrophe');
  expect(responder.mail.sent[0]?.text).toContain(words);
  expect(shown?.alerts).toMatchObject([{ severity: 'critical', unknownSeverity: 'Katastrophe' }]);
});

it('a severity that severities.yaml knows is not reported', async () => {
  const responder = new FirstResponder();
  const alert = webhookAlert({ startsAt: responder.now - MINUTE, labels: { severity: 'Page' } });

  const result = await responder.receive([alert]);
  await responder.drain();

  expect(result).toMatchObject({ unknownSeverities: undefined });
  expect(responder.mail.sent[0]?.text).not.toContain('Unknown severity');
});
