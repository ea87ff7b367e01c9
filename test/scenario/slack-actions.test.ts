import { describe, expect, it } from 'vitest';
import { renderLine } from '../../lib/channels/slack/render/mrkdwn.ts';
import type { RequestedAction } from '../../lib/core/incident/requested-action.ts';
import { HOUR, MINUTE } from '../../lib/core/shared/time.ts';
import { handleAction } from '../../lib/flow/incident/handle-action.ts';
import { webhookAlert, webhookBody } from '../support/factories/webhook.ts';
import { createMemorySilencer } from '../support/fakes/memory-silencer.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

const BUTTONS = { canSilence: () => true };

/** The whole system with one open incident; tests use the buttons of the posted message. */
async function withOpenIncident() {
  const system = new FirstResponder({ buttons: BUTTONS });
  const silencer = createMemorySilencer();
  const startsAt = system.now;
  const alert = (pod: string, change: Record<string, string> = {}) =>
    webhookAlert({ startsAt, labels: { pod, namespace: 'cryptofunk', ...change } });
  const receive = async (...alerts: Record<string, unknown>[]) => {
    await system.receive(alerts);
    await system.drain();
  };
  await receive(alert('p1'));
  const id = [...system.world.incidents.items.keys()][0] ?? '';

  const root = () => system.slack.roots()[0]?.message;
  /** The values in the current root message, by action. */
  function shown(): Record<string, string> {
    type Element = { action_id: string; value?: string; options?: { value: string }[] };
    const block = root()?.blocks.find(({ type }) => type === 'actions') as
      | { elements: Element[] }
      | undefined;
    return Object.fromEntries(
      (block?.elements ?? []).map(({ action_id, value, options }) => [
        action_id,
        value ?? options?.[0]?.value ?? '',
      ]),
    );
  }
  async function slackAction(slackAction: RequestedAction, by = 'Ana', deliver = true): Promise<string> {
    const ports = {
      ...system.changePorts,
      silencer,
      publicUrl: 'https://api.example',
      abortAfter: () => new AbortController().signal,
    };
    const line = await handleAction(ports, { action: slackAction, by, now: system.now });
    if (deliver) await system.drain();
    return renderLine(line, 2000);
  }
  const version = () => system.world.incidents.items.get(id)?.version ?? 0;
  const timeline = async () => (await system.world.history.record(id))?.timeline ?? [];
  /** The thread, as a reader whose clock shows UTC sees it. */
  const thread = () => {
    const [ref] = system.slack.roots().map((each) => each.ref);
    const replies = ref === undefined ? [] : system.slack.replies(ref);
    return replies.map(({ message }) => JSON.stringify(message.blocks)).map(wordsOf);
  };
  return { system, silencer, id, alert, receive, root, shown, slackAction, version, timeline, thread };
}

/** The first text of a message's blocks, with date tokens as plain words. */
function wordsOf(blocks: string): string {
  const text = /"text":"([^"]*)"/.exec(blocks)?.[1] ?? '';
  return text.replace(/<!date\^[^|]*\|([^>]*)>/g, '$1');
}

describe('pressing Acknowledge', () => {
  it("acknowledges in the person's name, and keeps the buttons that still apply", async () => {
    const scenario = await withOpenIncident();
    const before = scenario.shown();

    const output = await scenario.slackAction({ kind: 'acknowledge', incidentId: scenario.id, asOf: 1 });

    expect(before).toMatchObject({
      acknowledge: `1 ${scenario.id}`,
      resolve: `1 ${scenario.id}`,
      silence: `1h 1 ${scenario.id}`,
    });
    expect(output).toBe('Acknowledged: it is yours.');
    expect(Object.keys(scenario.shown())).toEqual(['silence', 'resolve']);
    expect((await scenario.timeline()).at(-1)).toMatchObject({ what: 'acknowledged', by: 'Ana' });
  });

  it('twice replies who acknowledged, and when', async () => {
    const scenario = await withOpenIncident();
    const slackAction = { kind: 'acknowledge', incidentId: scenario.id, asOf: 1 } as const;
    await scenario.slackAction(slackAction, 'Ana');
    scenario.system.world.clock.advance(3 * MINUTE);

    const again = [
      await scenario.slackAction(slackAction, 'Ben'),
      await scenario.slackAction(slackAction, 'Ana'),
    ];

    expect(again).toEqual([
      'Already acknowledged by Ana 3 min ago.',
      'You have acknowledged it already, 3 min ago.',
    ]);
    expect((await scenario.timeline()).filter(({ what }) => what === 'acknowledged')).toHaveLength(1);
    expect(scenario.thread()).toEqual(['Acknowledged by *Ana* at 2026-11-24 03:00 UTC.']);
  });

  it('after the resolve replies so', async () => {
    const scenario = await withOpenIncident();
    const startsAt = scenario.system.now;
    await scenario.receive(
      webhookAlert({
        startsAt,
        endsAt: startsAt + 1,
        status: 'resolved',
        labels: { pod: 'p1', namespace: 'cryptofunk' },
      }),
    );
    scenario.system.world.clock.advance(2 * MINUTE);

    const output = await scenario.slackAction({ kind: 'acknowledge', incidentId: scenario.id, asOf: 1 });

    expect(output).toBe('It resolved 2 min ago; nothing to do.');
    expect(scenario.shown()).toEqual({});
  });

  it('under an old message covers only what that message showed, and replies what came since', async () => {
    const scenario = await withOpenIncident();
    await scenario.receive(scenario.alert('p1'), scenario.alert('p2'));

    const output = await scenario.slackAction({ kind: 'acknowledge', incidentId: scenario.id, asOf: 1 });

    expect(output).toBe(
      'Acknowledged: what your message showed is yours. Since then 1 alert has joined, which pages by itself.',
    );
    expect(scenario.system.world.incidents.items.get(scenario.id)?.paging.due?.at).toBe(scenario.system.now);
    expect(Object.keys(scenario.shown())).toContain('acknowledge');
  });

  it('of an unknown incident replies so', async () => {
    const scenario = await withOpenIncident();

    const output = await scenario.slackAction({ kind: 'acknowledge', incidentId: 'nothing.000001', asOf: 1 });

    expect(output).toMatch(/^This incident is not known here any more/);
  });
});

describe('pressing Resolve', () => {
  it('resolves it; a second time it replies who did', async () => {
    const scenario = await withOpenIncident();
    const slackAction = { kind: 'resolve', incidentId: scenario.id, asOf: 1 } as const;

    const first = await scenario.slackAction(slackAction, 'Ana');
    scenario.system.world.clock.advance(5 * MINUTE);
    const then = [
      await scenario.slackAction(slackAction, 'Ben'),
      await scenario.slackAction({ ...slackAction, kind: 'acknowledge' }, 'Ana'),
    ];

    expect(first).toMatch(/^Resolved by you\. If its alerts still fire after 10 min, it reopens/);
    expect(then).toEqual([
      'Ana resolved it 5 min ago; nothing to do.',
      'You resolved it 5 min ago; nothing to do.',
    ]);
    expect((await scenario.timeline()).at(-1)).toMatchObject({ what: 'resolved', by: 'Ana' });
  });

  it('under an old message resolves nothing that has changed since', async () => {
    const scenario = await withOpenIncident();
    await scenario.receive(scenario.alert('p1'), scenario.alert('p2'), scenario.alert('p3'));

    const output = await scenario.slackAction({ kind: 'resolve', incidentId: scenario.id, asOf: 1 });

    expect(output).toBe(
      'Nothing was done: since the message that you pressed 2 alerts have joined. Look at it again, then press again.',
    );
    expect(scenario.system.world.incidents.items.get(scenario.id)?.status).toBe('open');
  });
});

describe('pressing Silence', () => {
  it('creates a silence with exact matchers, author and comment, and notifies everybody', async () => {
    const scenario = await withOpenIncident();

    const output = await scenario.slackAction({
      kind: 'silence',
      incidentId: scenario.id,
      asOf: 1,
      length: HOUR,
    });

    expect(scenario.silencer.silences).toMatchObject([
      {
        source: 'prod',
        by: 'Ana',
        until: scenario.system.now + HOUR,
        comment: `first-responder incident ${scenario.id} https://api.example/console/incidents/${scenario.id}`,
        matchers: [
          { name: 'alertname', value: 'DatabaseConnectionPoolCritical' },
          { name: 'namespace', value: 'cryptofunk' },
          { name: 'pod', value: 'p1' },
          { name: 'severity', value: 'critical' },
        ],
      },
    ]);
    expect(output).toMatch(/^Silenced until <!date.*>: the alert with /);
    expect((await scenario.timeline()).at(-1)).toMatchObject({
      by: 'Ana',
      summary:
        'Silenced in Alertmanager until 2026-11-24 04:00 UTC by Ana: 1 of 1 firing alert (silence silence-1).',
    });
    expect(JSON.stringify(scenario.root()?.blocks)).toContain('Silenced by Ana until');
    expect(scenario.thread()).toEqual([
      'Silenced for 1 h by *Ana* at 2026-11-24 03:00 UTC, until 2026-11-24 04:00 UTC: the alert that fires.',
    ]);
  });

  it('of a group omits the labels that differ, and so covers all its alerts', async () => {
    const scenario = await withOpenIncident();
    await scenario.receive(scenario.alert('p1'), scenario.alert('p2'));

    const output = await scenario.slackAction({
      kind: 'silence',
      incidentId: scenario.id,
      asOf: scenario.version(),
      length: HOUR,
    });

    expect(scenario.silencer.silences[0]?.matchers.map(({ name }) => name)).toEqual([
      'alertname',
      'namespace',
      'severity',
    ]);
    expect(output).toContain('all 2 alerts with `alertname="DatabaseConnectionPoolCritical"`');
    expect(scenario.thread().at(-1)).toMatch(/: all 2 alerts that fire\.$/);
  });

  it('of what Grafana sends leads to Grafana, because Alertmanager does not have it', async () => {
    const scenario = await withOpenIncident();
    const body = webhookBody([scenario.alert('p1'), scenario.alert('p2')], { orgId: 1 });
    await scenario.system.receive([], body);

    const output = await scenario.slackAction({
      kind: 'silence',
      incidentId: scenario.id,
      asOf: scenario.version(),
      length: HOUR,
    });

    expect(output).toContain('Grafana sent it, so it has to be silenced in Grafana');
    expect(scenario.silencer.silences).toEqual([]);
  });

  it('twice creates no second silence; a longer one moves its end', async () => {
    const scenario = await withOpenIncident();
    const slackAction = { kind: 'silence', incidentId: scenario.id, asOf: 1, length: HOUR } as const;
    await scenario.slackAction(slackAction, 'Ana');
    scenario.system.world.clock.advance(10_000);

    const again = [
      await scenario.slackAction(slackAction, 'Ben'),
      await scenario.slackAction({ ...slackAction, length: 4 * HOUR }, 'Ben'),
    ];

    expect(again[0]).toMatch(/^Already silenced by Ana, until <!date/);
    expect(again[1]).toMatch(/^Your silence now lasts until <!date/);
    expect(scenario.silencer.silences).toHaveLength(1);
    expect((await scenario.timeline()).filter(({ summary }) => summary.startsWith('Silenced'))).toHaveLength(
      2,
    );
    expect(scenario.thread().map((line) => line.slice(0, 26))).toEqual([
      'Silenced for 1 h by *Ana* ',
      'Silenced for 4 h by *Ben* ',
    ]);
  });

  it('by two people within seconds has a line for each, although neither had been delivered', async () => {
    const scenario = await withOpenIncident();
    const slackAction = { kind: 'silence', incidentId: scenario.id, asOf: 1, length: HOUR } as const;
    await scenario.slackAction(slackAction, 'Ana', false);
    scenario.system.world.clock.advance(1_000);

    await scenario.slackAction({ ...slackAction, length: 4 * HOUR }, 'Ben');

    expect(scenario.thread().map((line) => line.slice(0, 26))).toEqual([
      'Silenced for 1 h by *Ana* ',
      'Silenced for 4 h by *Ben* ',
    ]);
  });

  it('under an old message silences nothing that has changed since', async () => {
    const scenario = await withOpenIncident();
    await scenario.receive(scenario.alert('p1'), scenario.alert('p1', { instance: 'b' }));

    const output = await scenario.slackAction({
      kind: 'silence',
      incidentId: scenario.id,
      asOf: 1,
      length: HOUR,
    });

    expect(output).toMatch(/^Nothing was done: since the message that you pressed 1 alert has joined/);
    expect(scenario.silencer.silences).toEqual([]);
  });

  it('replies the reason when Alertmanager refuses, and changes nothing', async () => {
    const scenario = await withOpenIncident();
    scenario.silencer.down = 'could not connect: connection refused';

    const output = await scenario.slackAction({
      kind: 'silence',
      incidentId: scenario.id,
      asOf: 1,
      length: HOUR,
    });

    expect(output).toBe(
      'It could not be silenced: could not connect: connection refused. Nothing has changed; notices go on.',
    );
    expect(scenario.version()).toBe(1);
  });

  it('a second time records what a crash kept from the timeline', async () => {
    const scenario = await withOpenIncident();
    const slackAction = { kind: 'silence', incidentId: scenario.id, asOf: 1, length: HOUR } as const;
    scenario.system.world.faults.failOn('incidents.write');
    await expect(scenario.slackAction(slackAction)).rejects.toThrow('incidents.write');

    await scenario.slackAction(slackAction);

    expect(scenario.silencer.silences).toHaveLength(1);
    expect((await scenario.timeline()).at(-1)?.summary).toMatch(/^Silenced in Alertmanager/);
  });

  it('pauses the tiers once Alertmanager reports everything silenced, until the silence ends', async () => {
    const scenario = await withOpenIncident();
    const fingerprint = scenario.system.world.incidents.items.get(scenario.id)?.alerts[0]?.fingerprint ?? '';
    await scenario.slackAction({ kind: 'silence', incidentId: scenario.id, asOf: 1, length: HOUR });
    scenario.system.alertmanager = { suppressed: [fingerprint] };
    const before = scenario.system.slack.posted.length;

    await scenario.system.minutes(59);
    const meanwhile = scenario.system.slack.posted.length;
    scenario.system.alertmanager = [fingerprint];
    await scenario.system.minutes(40);

    expect(meanwhile).toBe(before);
    expect((await scenario.timeline()).map(({ what }) => what)).toContain('escalated');
  });
});
