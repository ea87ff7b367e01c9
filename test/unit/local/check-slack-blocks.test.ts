import { describe, expect, it } from 'vitest';
import { checkSlackBlocks } from '../../../infra/local/check-slack-blocks.ts';

const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const section = (length: number) => ({ type: 'section', text: mrkdwn(length) });
const context = (count: number) => ({
  type: 'context',
  elements: Array.from({ length: count }, () => mrkdwn(1)),
});

describe('the Slack stand-in takes blocks', () => {
  it.each<[string, unknown]>([
    ['none at all', []],
    ['a section of 3000 characters', [section(3000)]],
    [
      'a header of 150',
      [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(150), emoji: true } }],
    ],
    ['ten context elements', [context(10)]],
    ['fifty blocks', Array.from({ length: 50 }, () => ({ type: 'divider' }))],
    ['fields of 2000', [{ type: 'section', fields: [mrkdwn(2000), mrkdwn(2000)] }]],
  ])('up to the limit: %s', (_what, blocks) => {
    expect(checkSlackBlocks(blocks).kind).toBe('ok');
  });

  it.each<[string, unknown, string]>([
    [
      'a section of 3001 characters',
      [section(3001)],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section(0)], 'must be more than 0 characters'],
    [
      'a header of 151',
      [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      'less than 151',
    ],
    ['a header in mrkdwn', [{ type: 'header', text: mrkdwn(3) }], 'unsupported type: mrkdwn'],
    ['eleven context elements', [context(11)], 'no more than 10 items'],
    ['fifty-one blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'no more than 50 items'],
    [
      'eleven fields',
      [{ type: 'section', fields: Array.from({ length: 11 }, () => mrkdwn(1)) }],
      'no more than 10',
    ],
    ['a block Slack does not know', [{ type: 'fancy' }], 'unsupported type: fancy'],
    ['a field Slack does not know', [{ ...section(1), colour: 'red' }], 'additional field: colour'],
    ['no text', [{ type: 'section' }], 'missing required field: text'],
    ['something that is no list', { type: 'section' }, 'must be an array'],
  ])('not beyond it: %s', (_what, blocks, message) => {
    const checked = checkSlackBlocks(blocks);

    expect(checked).toMatchObject({ kind: 'problem', error: 'invalid_blocks' });
    expect(JSON.stringify(checked)).toContain(message);
  });

  it('not when all together are too long', () => {
    expect(checkSlackBlocks(Array.from({ length: 5 }, () => section(2900)))).toMatchObject({
      kind: 'problem',
      error: 'msg_blocks_too_long',
    });
  });
});
