/**
 * Slack's rules for blocks, for the parts that this system uses, with Slack's own error messages.
 * Stricter than Slack where Slack is lenient: an unknown block, element or field is an error here.
 * https://docs.slack.dev/reference/block-kit/blocks
 */

export type CheckedBlocks =
  | { kind: 'ok'; blocks: Record<string, unknown>[] }
  | { kind: 'problem'; error: 'invalid_blocks' | 'msg_blocks_too_long'; messages: string[] };

/** About where Slack begins to answer `msg_blocks_too_long`, all blocks together. */
const MAX_TOTAL = 13_200;

type Report = (message: string, pointer: string) => void;
type Json = Record<string, unknown>;

export function checkSlackBlocks(value: unknown): CheckedBlocks {
  const messages: string[] = [];
  const report: Report = (message, pointer) =>
    messages.push(`[ERROR] ${message} [json-pointer:/blocks${pointer}]`);
  const list: unknown[] = Array.isArray(value) ? value : [];
  const blocks = list.filter(isObject);
  if (!Array.isArray(value) || blocks.length < list.length) report('must be an array of objects', '');
  if (blocks.length > 50) report('no more than 50 items allowed', '');
  for (const [index, block] of blocks.entries()) checkBlock(block, `/${index}`, report);
  if (messages.length > 0) return { kind: 'problem', error: 'invalid_blocks', messages };
  if (JSON.stringify(blocks).length > MAX_TOTAL)
    return { kind: 'problem', error: 'msg_blocks_too_long', messages };
  return { kind: 'ok', blocks };
}

function checkBlock(block: Json, at: string, report: Report): void {
  switch (block.type) {
    case 'section':
      onlyFields(block, ['type', 'block_id', 'text', 'fields', 'accessory'], at, report);
      if (block.text === undefined && block.fields === undefined) report('missing required field: text', at);
      if (block.text !== undefined)
        checkText(block.text, ['mrkdwn', 'plain_text'], 3000, `${at}/text`, report);
      if (block.fields !== undefined) {
        checkList(block.fields, 10, `${at}/fields`, report, (field, where) =>
          checkText(field, ['mrkdwn', 'plain_text'], 2000, where, report),
        );
      }
      return;
    case 'header':
      onlyFields(block, ['type', 'block_id', 'text'], at, report);
      return checkText(block.text, ['plain_text'], 150, `${at}/text`, report);
    case 'context':
      onlyFields(block, ['type', 'block_id', 'elements'], at, report);
      return checkList(block.elements, 10, `${at}/elements`, report, (element, where) =>
        checkText(element, ['mrkdwn', 'plain_text'], 3000, where, report),
      );
    case 'actions':
      onlyFields(block, ['type', 'block_id', 'elements'], at, report);
      checkLength(block.block_id, 255, `${at}/block_id`, report);
      checkActionIds(block.elements, `${at}/elements`, report);
      return checkList(block.elements, 25, `${at}/elements`, report, (element, where) =>
        checkElement(element, where, report),
      );
    case 'divider':
      return onlyFields(block, ['type', 'block_id'], at, report);
    default:
      return report(`unsupported type: ${String(block.type)}`, at);
  }
}

function checkElement(element: unknown, at: string, report: Report): void {
  if (!isObject(element)) return report('must be an element', at);
  checkLength(element.action_id, 255, `${at}/action_id`, report);
  switch (element.type) {
    case 'button':
      onlyFields(element, ['type', 'action_id', 'text', 'value', 'url', 'style'], at, report);
      checkText(element.text, ['plain_text'], 75, `${at}/text`, report);
      checkLength(element.value, 2000, `${at}/value`, report);
      checkLength(element.url, 3000, `${at}/url`, report);
      if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger')
        report('must be a valid enum value', `${at}/style`);
      return;
    case 'static_select':
      onlyFields(element, ['type', 'action_id', 'placeholder', 'options'], at, report);
      checkText(element.placeholder, ['plain_text'], 150, `${at}/placeholder`, report);
      return checkList(element.options, 100, `${at}/options`, report, (option, where) => {
        if (!isObject(option)) return report('must be an option', where);
        onlyFields(option, ['text', 'value'], where, report);
        checkText(option.text, ['plain_text'], 75, `${where}/text`, report);
        if (typeof option.value !== 'string') report('must be a string', `${where}/value`);
        checkLength(option.value, 75, `${where}/value`, report);
      });
    default:
      return report(`unsupported type: ${String(element.type)}`, at);
  }
}

function checkActionIds(elements: unknown, at: string, report: Report): void {
  const ids = (Array.isArray(elements) ? elements : []).filter(isObject).map((each) => each.action_id);
  if (new Set(ids).size < ids.length) report('`action_id` must be unique within a block', at);
}

/** An optional text. */
function checkLength(value: unknown, max: number, at: string, report: Report): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || value.length === 0) return report('must be more than 0 characters', at);
  if (value.length > max) report(`must be less than ${max + 1} characters`, at);
}

function checkText(text: unknown, types: string[], max: number, at: string, report: Report): void {
  if (!isObject(text)) return report('missing required field', at);
  if (!types.includes(String(text.type))) report(`unsupported type: ${String(text.type)}`, `${at}/type`);
  onlyFields(
    text,
    text.type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'],
    at,
    report,
  );
  if (typeof text.text !== 'string') return report('must be a string', `${at}/text`);
  if (text.text.length === 0) report('must be more than 0 characters', `${at}/text`);
  if (text.text.length > max) report(`must be less than ${max + 1} characters`, `${at}/text`);
}

function checkList(
  list: unknown,
  max: number,
  at: string,
  report: Report,
  checkItem: (item: unknown, at: string) => void,
): void {
  if (!Array.isArray(list)) return report('must be an array', at);
  if (list.length === 0) report('must have at least 1 item', at);
  if (list.length > max) report(`no more than ${max} items allowed`, at);
  list.forEach((item: unknown, index) => checkItem(item, `${at}/${index}`));
}

function onlyFields(value: Json, allowed: string[], at: string, report: Report): void {
  for (const field of Object.keys(value)) {
    if (!allowed.includes(field)) report(`additional field: ${field}`, at);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
