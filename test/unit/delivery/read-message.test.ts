import { describe, expect, it } from 'vitest';
import { readDeliverMessage } from '../../../lib/core/delivery/deliver-message-schema.ts';
import { deliverMessage } from '../../support/factories/deliver-message.ts';

const whole = deliverMessage('k', {
  muted: 'a maintenance',
  setAside: true,
  failover: { destination: 'email', why: 'w', news: { destination: 'email', reason: 'timeout' } },
});
const { effect, ...envelope } = JSON.parse(
  JSON.stringify({ ...deliverMessage('k'), effect: deliverMessage('k').effect }),
);
const mail = { channel: 'email', destination: 'email', to: ['ana@example.com'] };

const read = (message: object) => readDeliverMessage(JSON.stringify(message));

describe('a message of the deliver queue', () => {
  it.each([
    ['a notice', { ...envelope, effect }],
    ['a notice with all that it may have', JSON.parse(JSON.stringify(whole))],
    ['a notice for a mail', { ...envelope, effect, target: mail }],
    ['details', { ...envelope, kind: 'details', effect }],
    ['the watch over a digest', { ...envelope, kind: 'storm-end', startedAt: 7 }],
    ['the summary of a maintenance', { ...envelope, kind: 'maintenance-summary', maintenanceId: 'm' }],
  ])('is read as it was written: %s', (_case, message) => {
    expect(read(message)).toEqual({ kind: 'message', message });
  });

  it.each([
    ['key', { ...envelope, effect, key: undefined }],
    ['incidentId', { ...envelope, effect, incidentId: undefined }],
    ['attempt', { ...envelope, effect, attempt: 1.5 }],
    ['target.to', { ...envelope, effect, target: { ...mail, to: 7 } }],
    ['target.channel', { ...envelope, effect, target: { destination: 'email', to: [] } }],
    ['target.destination', { ...envelope, effect, target: { channel: 'email', to: [] } }],
    ['target.mentions', { ...envelope, effect, target: { ...mail, mentions: 'ana' } }],
    ['effect', { ...envelope }],
    ['effect', { ...envelope, kind: 'details' }],
    ['muted', { ...envelope, effect, muted: 1 }],
    ['setAside', { ...envelope, effect, setAside: false }],
    ['failover.why', { ...envelope, effect, failover: { destination: 'email' } }],
    ['failover.destination', { ...envelope, effect, failover: { why: 'w' } }],
    [
      'failover.news.reason',
      { ...envelope, effect, failover: { destination: 'e', why: 'w', news: { destination: 'e' } } },
    ],
    [
      'failover.news.destination',
      { ...envelope, effect, failover: { destination: 'e', why: 'w', news: { reason: 'e' } } },
    ],
    ['startedAt', { ...envelope, kind: 'storm-end' }],
    ['maintenanceId', { ...envelope, kind: 'maintenance-summary' }],
    ['kind', { ...envelope, kind: 'other', effect }],
  ])('is unreadable without a right %s, which the reason names', (field, message) => {
    expect(read(message)).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(`^${field}: `) });
  });

  it('waits for newer code, when that wrote it', () => {
    expect(read({ ...envelope, effect, schema: 2 })).toEqual({ kind: 'newer', schema: 2 });
    expect(read({ ...envelope, effect, schema: 0 })).toMatchObject({ kind: 'unreadable' });
  });
});
