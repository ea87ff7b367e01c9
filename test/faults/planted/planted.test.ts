import { describe, expect, it } from 'vitest';
import { createPrometheusProbe } from '../../../lib/adapters/prometheus/prometheus-probe.ts';
import { readBounds } from '../../support/factories/read-bounds.ts';
import { startHangingServer } from '../../support/servers/hanging-server.ts';
import { listUncalled } from '../kill/coverage.ts';
import { flowsOfDeliveries } from '../kill/flows-of-deliveries.ts';
import { flowsOfDiagnoses } from '../kill/flows-of-time.ts';
import { flowsOfWebhooks } from '../kill/flows-of-webhooks.ts';
import { strikeEverywhere } from '../kill/kill-everywhere.ts';
import { endsInTime } from '../wire/ends-in-time.ts';
import type { PlantedFault } from './planted-fault.ts';

const flows = [...flowsOfWebhooks, ...flowsOfDeliveries, ...flowsOfDiagnoses];

/** The flow that finds it, and a word of what it says. */
const found: [PlantedFault, string, RegExp][] = [
  ['answer-before-write', 'a webhook that is new', /not notified|lacks/],
  ['queue-error-swallowed', 'a webhook that is new', /not notified/],
  ['effects-dropped-first', 'a webhook that is new', /not notified|min late/],
  ['delivery-error-swallowed', 'the diagnosis of a new incident', /not notified/],
  ['history-error-swallowed', 'the diagnosis of a new incident', /the history lacks: .* timeline/],
  ['message-deleted-first', 'the diagnosis of a new incident', /not notified/],
  ['claim-not-stored', 'the delivery of a first page', /not notified|notified 2 times/],
  ['record-forgotten', 'the delivery of a first page', /notified \d times/],
];

describe('a fault that is planted in a port', () => {
  it.each(found)('%s is found by %s', async (fault, name, words) => {
    const flow = flows.find((each) => each.name === name);
    if (flow === undefined) throw new Error(`there is no flow ${name}`);

    const { wrong } = await strikeEverywhere(flow, fault);

    expect(
      wrong.some((line) => words.test(line)),
      wrong.slice(0, 5).join('\n').slice(0, 900),
    ).toBe(true);
  });

  it('a port that no flow calls is named', async () => {
    expect(await listUncalled('port-never-called')).toEqual(['heartbeats.forget']);
  });

  it('an adapter without a deadline is found', async () => {
    const server = await startHangingServer();
    const urls = { anySource: [`http://127.0.0.1:${server.port}`], bySource: {} };
    const endless = readBounds({ timeoutMs: 3_600_000, signal: new AbortController().signal });
    const asked = createPrometheusProbe({ urls }).instant('prod', 'up', 0, endless);

    await expect(endsInTime(asked, 200)).rejects.toThrow('a call has outlived its deadline');

    await server.stop();
    await asked;
  });
});
