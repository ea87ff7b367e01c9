import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../lib/core/shared/time.ts';
import { deliverMessage } from '../../lib/flow/deliver/deliver-message.ts';
import { finding } from '../support/factories/finding.ts';
import { webhookAlert } from '../support/factories/webhook.ts';
import { FirstResponder } from '../support/harness/first-responder.ts';

describe('a mail with a chart', () => {
  it('contains its picture', async () => {
    const system = new FirstResponder();
    system.found = [curve(system.now)];

    await system.receive([webhookAlert({ startsAt: system.now })]);
    await system.drain();

    const [mail] = system.mail.sent;
    const [picture] = mail?.pictures ?? [];
    expect(mail?.html).toContain(`src="cid:${picture?.contentId}"`);
    expect(Buffer.from(picture?.png.subarray(1, 4) ?? []).toString()).toBe('PNG');
  });

  it('is still sent, with bars, when the picture cannot be drawn', async () => {
    const system = new FirstResponder();
    system.found = [curve(system.now)];
    await system.receive([webhookAlert({ startsAt: system.now })]);
    while (await system.consumeDiagnose());

    const outcomes: string[] = [];
    for (;;) {
      const message = system.world.deliveries.receive();
      if (!message) break;
      const pictures = { encode: () => Promise.reject(new Error('out of memory')) };
      const result = await deliverMessage(
        { ...system.deliverPorts, channels: system.openChannels({ pictures }) },
        { message: message.body, attempt: 1 },
      );
      outcomes.push(result.kind);
      system.world.deliveries.done(message);
    }

    expect(new Set(outcomes)).toEqual(new Set(['done']));
    const [mail] = system.mail.sent;
    expect(mail?.pictures).toBeUndefined();
    expect(mail?.html).not.toContain('cid:');
    expect(mail?.html).toContain('min 3 · max 10 · now 10');
    expect(mail?.html).toMatch(/height="36"/);
  });
});

function curve(now: number) {
  return finding({
    kind: 'promql',
    evidence: {
      kind: 'series',
      points: [
        [now - 20 * MINUTE, 3],
        [now - 10 * MINUTE, 7],
        [now, 10],
      ],
      min: 3,
      max: 10,
      last: 10,
      omitted: 0,
    },
  });
}
