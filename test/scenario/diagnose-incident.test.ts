import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../lib/core/diagnosis/findings/finding.ts';
import type { NoticeReason } from '../../lib/core/incident/effect.ts';
import type { DiagnoseMessage, Effect } from '../../lib/core/incident/effect-schema.ts';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { diagnoseIncident } from '../../lib/flow/diagnose/diagnose-incident.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

/** An incident whose first notice is queued for diagnosis, and that notice's message. */
async function opened(): Promise<{ system: FirstResponder; message: DiagnoseMessage }> {
  const system = new FirstResponder();
  await system.receive([webhookAlert({ startsAt: system.now })]);
  const [waiting] = system.world.effects.waiting;
  if (!waiting) throw new Error('nothing waits to be diagnosed');
  return { system, message: waiting.body };
}

function because(
  message: DiagnoseMessage,
  change: Partial<Effect> & { reason: NoticeReason },
): DiagnoseMessage {
  return { ...message, effect: { ...message.effect, id: `${message.incidentId}:9`, seq: 9, ...change } };
}

describe('a diagnosis', () => {
  it('that hangs is skipped when the message is received again, and the notice goes out', async () => {
    const { system, message } = await opened();
    system.diagnose = () => new Promise<Diagnosis>(() => {});
    // The function is stopped at its timeout: this run never completes.
    void diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

    const result = await diagnoseIncident(system.diagnosePorts, { message, attempt: 2 });
    await system.drain();

    expect(result).toEqual({ targets: 3, diagnosed: 'skipped' });
    expect(system.mail.sent[0]?.text).toContain('the first attempt to check did not finish');
    expect(system.slack.roots()).toHaveLength(2);
  });

  it('that cannot be stored costs neither the notice nor a second attempt', async () => {
    const { system, message } = await opened();
    system.world.faults.failOn('history.addDiagnosis', { times: 2 });

    const result = await diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

    expect(result).toEqual({ targets: 3, diagnosed: 'skipped' });
    expect(system.world.deliveries.sent).toHaveLength(3);
  });

  it('that cannot be stored at once is stored in the next moment', async () => {
    const { system, message } = await opened();
    system.world.faults.failOn('history.addDiagnosis');

    await diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

    expect(system.world.history.allDiagnoses()).toMatchObject([{ id: message.effect.id, findings: [{}] }]);
  });

  it.each(['history.diagnosis', 'history.details'])(
    'without %s stands in the history with the reason',
    async (read) => {
      const { system, message } = await opened();
      system.world.faults.failOn(read);

      await diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

      expect(system.world.history.allDiagnoses()).toMatchObject([
        { id: message.effect.id, findings: [], skipped: 'the checks could not be run, or not stored' },
      ]);
    },
  );

  it('is not run again for an effect that has one', async () => {
    const { system, message } = await opened();
    await diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

    const again = await diagnoseIncident(system.diagnosePorts, { message, attempt: 1 });

    expect(again.diagnosed).toBe('reused');
    expect(system.diagnosed).toEqual(['opened']);
  });

  it('is kept when the first attempt stored it and died, although the second runs no checks', async () => {
    const { system, message } = await opened();
    system.world.faults.failOn('deliveries.send');
    await expect(diagnoseIncident(system.diagnosePorts, { message, attempt: 1 })).rejects.toThrow();

    await diagnoseIncident(system.diagnosePorts, { message, attempt: 2 });
    await system.drain();

    expect(system.mail.sent[0]?.text).toContain('10 of 10 connections in use.');
  });

  it.each<[NoticeReason, boolean, string]>([
    ['joined', false, 'none'],
    ['updated', false, 'none'],
    ['acknowledged', false, 'none'],
    ['joined', true, 'ran'],
    ['raised', true, 'ran'],
    ['escalated', true, 'ran'],
    ['resolved', false, 'ran'],
    ['closed', false, 'ran'],
  ])('for %s that interrupts: %s, is %s', async (reason, ping, expected) => {
    const { system, message } = await opened();

    const result = await diagnoseIncident(system.diagnosePorts, {
      message: because(message, { reason, ping }),
      attempt: 1,
    });

    expect(result).toEqual({ targets: 3, diagnosed: expected });
  });

  it('is not run for a tier when the incident has resolved', async () => {
    const { system, message } = await opened();
    const start = system.now;
    system.world.clock.advance(MINUTE);
    await system.receive([webhookAlert({ status: 'resolved', startsAt: start, endsAt: system.now })]);

    const result = await diagnoseIncident(system.diagnosePorts, {
      message: because(message, { reason: 'escalated', tier: 2, tiers: [2] }),
      attempt: 1,
    });

    expect(result.diagnosed).toBe('none');
  });
});

describe('the consumer of the dead-letter queue', () => {
  it('sends the notice without a diagnosis even when history cannot be written', async () => {
    const { system, message } = await opened();
    for (const call of ['addDetails', 'addTimeline', 'addDiagnosis', 'diagnosis', 'details']) {
      system.world.faults.failOn(`history.${call}`, { times: 10 });
    }

    const result = await diagnoseIncident(system.diagnosePorts, { message, attempt: 7, isDeadLetter: true });

    expect(result).toEqual({ targets: 3, diagnosed: 'skipped' });
    expect(system.diagnosed).toEqual([]);
    expect(system.world.deliveries.sent).toHaveLength(3);
  });

  it('says in the notice that nothing was checked', async () => {
    const { system, message } = await opened();
    const [taken] = system.world.effects.waiting;
    if (taken) system.world.effects.done(taken);

    await diagnoseIncident(system.diagnosePorts, { message, attempt: 1, isDeadLetter: true });
    await system.drain();

    expect(system.mail.sent[0]?.text).toContain('the diagnosis failed repeatedly');
  });
});

describe('an effect', () => {
  it('that only records something is added to the timeline and notifies nobody', async () => {
    const { system, message } = await opened();

    const result = await diagnoseIncident(system.diagnosePorts, {
      message: because(message, { kind: 'record', reason: 'updated', ping: false, summary: 'Noted.' }),
      attempt: 1,
    });

    expect(result).toEqual({ targets: 0, diagnosed: 'none' });
    const record = await system.world.history.record(message.incidentId);
    expect(record?.timeline).toMatchObject([{ what: 'recorded', summary: 'Noted.' }]);
    expect(system.world.deliveries.sent).toEqual([]);
  });

  it('of an incident that cannot be read yet fails, so that its message comes again', async () => {
    const { system, message } = await opened();

    const run = diagnoseIncident(system.diagnosePorts, {
      message: { ...message, incidentId: 'elsewhere.1' },
      attempt: 1,
    });

    await expect(run).rejects.toThrow('not there yet');
  });
});
