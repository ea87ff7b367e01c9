import { describe, expect, it } from 'vitest';
import { createDeliverNotice, getDeliverRetrySeconds } from '../../../handlers/deliver-notice.ts';
import {
  createDiagnoseDeadLetters,
  getDeadLetterRetrySeconds,
} from '../../../handlers/diagnose-dead-letters.ts';
import { createDiagnoseIncident, getDiagnoseRetrySeconds } from '../../../handlers/diagnose-incident.ts';
import { processBatch, type RecordOutcome } from '../../../handlers/middleware/process-batch.ts';
import { catalog } from '../../support/factories/catalog.ts';
import { configuredChannels, toRoutes } from '../../support/factories/configured-channels.ts';
import { deliverMessage } from '../../support/factories/deliver-message.ts';
import { lambdaContext } from '../../support/factories/http-event.ts';
import { type SqsRecordFactory, sqsEvent } from '../../support/factories/sqs-event.ts';
import { webhookAlert } from '../../support/factories/webhook.ts';
import { createRecordingLog } from '../../support/fakes/recording-log.ts';
import { FirstResponder, silentLog } from '../../support/harness/first-responder.ts';

function createVisibility() {
  const set: Record<string, number> = {};
  return {
    set,
    changeVisibility: async (receiptHandle: string, seconds: number) => {
      set[receiptHandle] = seconds;
    },
  };
}

function ids(response: { batchItemFailures: { itemIdentifier: string }[] }): string[] {
  return response.batchItemFailures.map((failure) => failure.itemIdentifier);
}

describe('eachRecord', () => {
  const cases: [string, SqsRecordFactory[], string[], string[], string[]][] = [
    ['nothing when all is well', [record('a', 'g1'), record('b', 'g1')], [], ['a', 'b'], []],
    ['the one message that failed', [record('a', 'g1')], ['a'], ['a'], ['a']],
    [
      'later messages of the same group too, untried',
      [record('a', 'g1'), record('b', 'g1'), record('c', 'g1')],
      ['a'],
      ['a'],
      ['a', 'b', 'c'],
    ],
    [
      'not the messages before it',
      [record('a', 'g1'), record('b', 'g1'), record('c', 'g1')],
      ['b'],
      ['a', 'b'],
      ['b', 'c'],
    ],
    [
      'no message of another group',
      [record('a', 'g1'), record('b', 'g2'), record('c', 'g1'), record('d', 'g2')],
      ['a'],
      ['a', 'b', 'd'],
      ['a', 'c'],
    ],
    ['every group that failed', [record('a', 'g1'), record('b', 'g2')], ['a', 'b'], ['a', 'b'], ['a', 'b']],
  ];

  it.each(cases)('reports %s', async (_what, records, failing, tried, reported) => {
    const seen: string[] = [];
    const visibility = createVisibility();
    const work = async (record: { messageId: string }): Promise<RecordOutcome> => {
      seen.push(record.messageId);
      if (failing.includes(record.messageId)) throw new Error('broken');
      return { kind: 'done' };
    };

    const response = await processBatch(
      sqsEvent(records),
      { log: silentLog, visibility, afterFailure: () => 7 },
      work,
    );

    expect(seen.toSorted()).toEqual(tried);
    expect(ids(response)).toEqual(reported);
    expect(visibility.set).toEqual(Object.fromEntries(reported.map((id) => [`receipt-${id}`, 7])));
  });

  it('reports a message as failed even when its visibility cannot be set', async () => {
    const visibility = { changeVisibility: () => Promise.reject(new Error('throttled')) };
    const again = async (): Promise<RecordOutcome> => ({ kind: 'again', afterSeconds: 3 });

    const response = await processBatch(
      sqsEvent([record('a', 'g1')]),
      { log: silentLog, visibility, afterFailure: () => 1 },
      again,
    );

    expect(ids(response)).toEqual(['a']);
  });
});

function record(id: string, group: string): SqsRecordFactory {
  return { id, group, body: '{}' };
}

describe('retries', () => {
  it('of a diagnosis come after 1, 5 and 30 s', () => {
    expect([1, 2, 3, 4].map(getDiagnoseRetrySeconds)).toEqual([1, 5, 30, 30]);
  });

  it('of the fallback and of a delivery grow up to five minutes', () => {
    expect([1, 2, 5, 7, 100].map(getDeadLetterRetrySeconds)).toEqual([5, 10, 80, 300, 300]);
    expect([1, 2, 3, 9, 10, 100].map(getDeliverRetrySeconds)).toEqual([1, 2, 4, 256, 300, 300]);
  });
});

/** A world in which one incident has opened, with the message that its effect became. */
async function openedIncident() {
  const it = new FirstResponder();
  await it.receive([webhookAlert({ startsAt: it.now })]);
  const message = it.world.effects.receive();
  if (!message) throw new Error('no effect was handed on');
  return { it, body: JSON.stringify(message.body), message: message.body };
}

function diagnosing(it: FirstResponder, log = silentLog) {
  const ports = {
    ...it.world,
    log,
    catalog: catalog(),
    channels: toRoutes(configuredChannels),
    diagnose: it.diagnose,
  };
  return { ports, log, visibility: createVisibility() };
}

describe('diagnose-incident', () => {
  it('hands one message for each target on and is done', async () => {
    const { it: world, body } = await openedIncident();
    const parts = diagnosing(world);

    const response = await createDiagnoseIncident(parts)(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(ids(response)).toEqual([]);
    expect(world.world.deliveries.receive()).toBeDefined();
    expect(world.diagnosed).toEqual(['opened']);
  });

  it('leaves the diagnostics out from the second receive on', async () => {
    const { it: world, body } = await openedIncident();
    const parts = diagnosing(world);

    await createDiagnoseIncident(parts)(sqsEvent([{ id: 'a', body, receiveCount: 2 }]), lambdaContext);

    expect(world.diagnosed).toEqual([]);
    expect(world.world.deliveries.receive()).toBeDefined();
  });

  it.each([
    ['no JSON', 'poison', 0],
    ['another shape', '{"schema":1,"incidentId":7}', 0],
    ['a newer schema', '{"schema":2}', 30],
  ])('never finishes a message with %s', async (_what, body, seconds) => {
    const { it: world } = await openedIncident();
    const parts = diagnosing(world);

    const response = await createDiagnoseIncident(parts)(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(ids(response)).toEqual(['a']);
    expect(parts.visibility.set).toEqual({ 'receipt-a': seconds });
  });

  it('brings a message back by its receive count when the queue behind it is down', async () => {
    const { it: world, body } = await openedIncident();
    const parts = diagnosing(world);
    const down = {
      ...parts,
      ports: { ...parts.ports, deliveries: { send: () => Promise.reject(new Error('down')) } },
    };

    await createDiagnoseIncident(down)(sqsEvent([{ id: 'a', body, receiveCount: 2 }]), lambdaContext);

    expect(parts.visibility.set).toEqual({ 'receipt-a': 5 });
  });
});

describe('diagnose-fallback', () => {
  it('gets the notice out without a diagnosis', async () => {
    const { it: world, body } = await openedIncident();
    const parts = diagnosing(world);

    const response = await createDiagnoseDeadLetters(parts)(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(ids(response)).toEqual([]);
    expect(world.diagnosed).toEqual([]);
    expect(world.world.deliveries.receive()).toBeDefined();
  });

  it('keeps what nobody can read among the dead letters, without trying it all the time', async () => {
    const { it: world } = await openedIncident();
    const log = createRecordingLog();
    const parts = diagnosing(world, log);

    const response = await createDiagnoseDeadLetters(parts)(
      sqsEvent([{ id: 'a', body: 'poison' }]),
      lambdaContext,
    );

    expect(ids(response)).toEqual(['a']);
    expect(parts.visibility.set).toEqual({ 'receipt-a': 43_200 });
    expect(log.lines).toMatchObject([{ level: 'error', message: 'message unreadable' }]);
  });
});

describe('deliver-notice', () => {
  function delivering(it: FirstResponder) {
    const { slack, deliverPorts: ports } = it;
    return { slack, parts: { ports, log: silentLog, visibility: createVisibility() } };
  }

  it('sends and is done', async () => {
    const { it: world, message } = await openedIncident();
    const { slack, parts } = delivering(world);
    const body = JSON.stringify(deliverMessage('a', { incidentId: message.incidentId }));

    const response = await createDeliverNotice(parts)(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(ids(response)).toEqual([]);
    expect(slack.posted).toHaveLength(1);
  });

  it('brings the message back when Slack says to wait, after as long as Slack says', async () => {
    const { it: world, message } = await openedIncident();
    const { slack, parts } = delivering(world);
    slack.script({ kind: 'retryable', reason: 'rate_limited', detail: 'HTTP 429', retryAfterMs: 42_000 });
    const body = JSON.stringify(deliverMessage('a', { incidentId: message.incidentId }));

    const response = await createDeliverNotice(parts)(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(ids(response)).toEqual(['a']);
    expect(parts.visibility.set).toEqual({ 'receipt-a': 42 });
  });

  it('logs a message that waits for its slot as information, because nothing failed', async () => {
    const { it: world, message } = await openedIncident();
    const { slack, parts } = delivering(world);
    const log = createRecordingLog();
    slack.script({ kind: 'retryable', reason: 'rate_limited', detail: 'waits', unasked: true });
    const body = JSON.stringify(deliverMessage('a', { incidentId: message.incidentId }));

    await createDeliverNotice({ ...parts, log })(sqsEvent([{ id: 'a', body }]), lambdaContext);

    expect(log.lines).toMatchObject([{ level: 'info', message: 'notice to be sent again' }]);
  });

  it('sends a message that nobody can read to the dead letters at once', async () => {
    const { it: world } = await openedIncident();
    const { parts } = delivering(world);

    const response = await createDeliverNotice(parts)(
      sqsEvent([{ id: 'a', body: '{"schema":1}' }]),
      lambdaContext,
    );

    expect(ids(response)).toEqual(['a']);
    expect(parts.visibility.set).toEqual({ 'receipt-a': 0 });
  });
});
