import { describe, expect, it } from 'vitest';
import type { Probes } from '../../lib/core/diagnosis/checks/reading.ts';
import { runEffectDiagnosis } from '../../lib/core/diagnosis/diagnose-effect.ts';
import { MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** With the checks and commands of the runbooks, run on `probes`. */
function create(probes: Probes = {}): FirstResponder {
  const system = new FirstResponder({ catalog: ourRunbooks });
  system.diagnose = (request) => runEffectDiagnosis(request, { probes, clock: system.world.clock });
  return system;
}

function pod(name: string, namespace: string, startsAt: number, endsAt?: number) {
  return {
    ...webhookAlert({
      alertname: 'PodLoops',
      labels: { severity: 'warning', namespace, pod: name, container: 'app' },
      startsAt,
      status: endsAt === undefined ? undefined : ('resolved' as const),
      endsAt,
    }),
    annotations: { summary: `Pod ${namespace}/${name} is crash looping.` },
    generatorURL: '',
  };
}

/** The whole text of a message. */
const words = (message: unknown) => JSON.stringify(message);

describe('an incident whose first pod recovers while another goes on', () => {
  async function partlyResolved() {
    const system = create();
    const startsAt = system.now;
    await system.receive([pod('api-1', 'payments', startsAt)]);
    await system.drain();
    system.world.clock.advance(5 * SECOND);
    await system.receive([pod('toy-1', 'sandbox', startsAt)]);
    await system.drain();
    const both = words(system.slack.roots()[0]?.message);
    system.world.clock.advance(5 * SECOND);
    await system.receive([pod('api-1', 'payments', startsAt, system.now)]);
    await system.drain();
    return { system, both };
  }

  it('has commands for the firing pod in the edited message, and none for the recovered one', async () => {
    const { system, both } = await partlyResolved();

    const now = words(system.slack.roots()[0]?.message);

    expect(both).toContain('kubectl describe pod -n payments api-1');
    expect(now).toContain('kubectl describe pod -n sandbox toy-1');
    expect(now).not.toContain('-n payments');
    expect(now).toContain('Pod sandbox/toy-1 is crash looping.');
  });

  it('names its rows by namespace and pod', async () => {
    const { system, both } = await partlyResolved();

    for (const message of [both, words(system.slack.roots()[0]?.message)]) {
      expect(message).toMatch(/payments\/api-1/);
      expect(message).toMatch(/sandbox\/toy-1/);
    }
  });

  it('is diagnosed, replied and mailed for the firing pod when the next page is sent', async () => {
    const { system } = await partlyResolved();

    await system.minutes(61);

    const [root] = system.slack.roots();
    const reply = words(root && system.slack.replies(root.ref).at(-1)?.message);
    const mail = system.mail.sent.at(-1)?.text;
    for (const output of [reply, mail]) {
      expect(output).toContain('kubectl describe pod -n sandbox toy-1');
      expect(output).not.toContain('-n payments');
    }
  });
});

describe('a runbook that checks each agent', () => {
  it('checks only the agents that fire, and drops findings about a recovered one', async () => {
    const system = create();
    const agent = (name: string, endsAt?: number) =>
      webhookAlert({
        alertname: 'AgentDown',
        labels: { severity: 'warning', agent: name },
        startsAt,
        status: endsAt === undefined ? undefined : ('resolved' as const),
        endsAt,
      });
    const startsAt = system.now;
    await system.receive([agent('risk-agent'), agent('trend-agent')]);
    await system.drain();
    await system.receive([agent('risk-agent', system.now + MINUTE)]);
    await system.drain();

    await system.minutes(61);

    const diagnosisSummaries = system.world.history.allDiagnoses();
    const ran = diagnosisSummaries.map(({ findings }) => words(findings.map(({ stepId }) => stepId)));
    expect(ran[0]).toContain('risk-agent');
    expect(ran.length).toBeGreaterThan(1);
    expect(ran.at(-1)).toContain('trend-agent');
    expect(ran.at(-1)).not.toContain('risk-agent');
  });
});

describe("another target's series", () => {
  it('is neither in the page nor left unresolved after the resolve', async () => {
    const series = {
      labels: { instance: 'market-data-server', job: 'mcp' },
      points: [] as [number, number][],
    };
    const system = create({
      prometheus: {
        instant: async () => ({ kind: 'ok', value: [] }),
        // This Prometheus lacks the series that the default runbook selects by label.
        range: async (_source, query, { to }) => ({
          kind: 'ok',
          value:
            query !== 'up'
              ? []
              : [
                  {
                    ...series,
                    points: [
                      [to - MINUTE, 0],
                      [to, 0],
                    ],
                  },
                ],
        }),
      },
    });
    const startsAt = system.now;
    const gone = {
      alertname: 'TargetGone',
      labels: { instance: 'web-1.example:443', job: 'blackbox' },
      startsAt,
    };
    const generatorURL = 'http://p/graph?g0.expr=up+%3D%3D+0';

    await system.receive([{ ...webhookAlert(gone), generatorURL }]);
    await system.drain();
    const page = words([system.slack.posted, system.mail.sent]);
    system.world.clock.advance(MINUTE);
    await system.receive([
      { ...webhookAlert({ ...gone, status: 'resolved', endsAt: system.now }), generatorURL },
    ]);
    await system.drain();

    expect(page).toContain('no series of this alert');
    const all = words([system.slack.posted, system.mail.sent]);
    expect(all).not.toContain('market-data-server');
    expect(all).toContain('RESOLVED');
    expect(all).not.toMatch(/still needs attention/i);
  });
});
