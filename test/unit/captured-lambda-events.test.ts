import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { DiagnoseMessage } from '../../lib/core/incident/effect-schema.ts';
import { diagnoseMessages } from '../../scripts/lambda-events.ts';
import { capturedEvent } from '../support/factories/captured-event.ts';
import { ourRunbooks } from '../support/factories/our-runbooks.ts';

describe('the events in events/lambda', () => {
  it('hold the bodies that Alertmanager posted', () => {
    const single: APIGatewayProxyEventV2 = JSON.parse(textOf('receive-webhook'));
    const group: APIGatewayProxyEventV2 = JSON.parse(textOf('receive-webhook-group-of-40'));

    expect(single.body).toBe(capturedEvent('firing-critical'));
    expect(group.body).toBe(capturedEvent('firing-group-of-40'));
  });

  it('hold the message that the state machine puts on the diagnose queue today', () => {
    const { Records }: SQSEvent = JSON.parse(textOf('diagnose-incident'));
    const [record] = Records;
    const message: DiagnoseMessage = JSON.parse(record?.body ?? '');

    const decided = diagnoseMessages(
      ourRunbooks,
      capturedEvent('firing-critical'),
      new Date(message.effect.at),
    );

    expect(decided).toEqual([message]);
    expect(record?.attributes.MessageGroupId).toBe(message.incidentId);
    expect(record?.attributes.MessageDeduplicationId).toBe(message.effect.id);
  });
});

function textOf(name: string): string {
  return readFileSync(new URL(`../../events/lambda/${name}.json`, import.meta.url), 'utf8');
}
