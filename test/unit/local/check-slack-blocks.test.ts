import { describe, expect, it } from 'vitest';
import { checkSlackBlocks } from '../../../infra/local/slack/check-slack-blocks.ts';

const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const section = (length: number) => ({ type: 'section', text: mrkdwn(length) });
const context = (count: number) => ({
  type: 'context',
  elements: Array.from({ length: count }, () => mrkdwn(1)),
});

const label = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length), emoji: true });
const actions = (...elements: unknown[]) => [{ type: 'actions', elements }];
const button = (change: Record<string, unknown> = {}) => ({
  type: 'button',
  action_id: 'a',
  text: label(75),
  value: 'x'.repeat(2000),
  ...change,
});
const menu = (count: number, value = 'v') => ({
  type: 'static_select',
  action_id: 'm',
  placeholder: label(150),
  options: Array.from({ length: count }, () => ({ text: label(1), value })),
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
    ['buttons', actions(button(), button({ action_id: 'b', url: 'x'.repeat(3000) }))],
    ['a menu', actions(menu(100))],
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
    ['a label of 76', actions(button({ text: label(76) })), 'less than 76'],
    ['a value of 2001', actions(button({ value: 'x'.repeat(2001) })), 'less than 2001'],
    ['an address of 3001', actions(button({ url: 'x'.repeat(3001) })), 'less than 3001'],
    ['a style Slack does not know', actions(button({ style: 'loud' })), 'valid enum value'],
    ['two buttons of one id', actions(button(), button()), 'must be unique'],
    ['an empty menu', actions(menu(0)), 'at least 1 item'],
    ['a menu of 101', actions(menu(101)), 'no more than 100 items'],
    ['a choice with a value of 76', actions(menu(1, 'x'.repeat(76))), 'less than 76'],
    [
      'twenty-six elements',
      actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `b${index}` }))),
      'no more than 25 items',
    ],
    ['an element Slack does not know', actions({ type: 'lever' }), 'unsupported type: lever'],
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
