/** A block to show; a block that this system never sends is named instead. */
export type ShownBlock =
  | { kind: 'header'; text: string }
  | { kind: 'section'; texts: string[] }
  | { kind: 'context'; texts: string[] }
  | { kind: 'divider' }
  | { kind: 'actions'; elements: ShownElement[] }
  | { kind: 'other'; type: string };

/** The possible clicks: one choice for a button, several for a menu, none for a link. */
export type ShownElement = {
  action: string;
  label: string;
  primary: boolean;
  choices: { label: string; value: string }[];
  menu: boolean;
  url?: string;
};

/** Reads a Block Kit object. Texts are mrkdwn as sent, the header's is plain. */
export function readBlock(block: Record<string, unknown>): ShownBlock {
  switch (block.type) {
    case 'header':
      return { kind: 'header', text: textOf(block.text) };
    case 'section':
      return { kind: 'section', texts: [...texts([block.text]), ...texts(block.fields)] };
    case 'context':
      return { kind: 'context', texts: texts(block.elements) };
    case 'actions':
      return { kind: 'actions', elements: objects(block.elements).map(elementOf) };
    case 'divider':
      return { kind: 'divider' };
    default:
      return { kind: 'other', type: String(block.type) };
  }
}

function texts(objects: unknown): string[] {
  return Array.isArray(objects) ? objects.map(textOf).filter((text) => text !== '') : [];
}

function textOf(object: unknown): string {
  if (typeof object !== 'object' || object === null || !('text' in object)) return '';
  return typeof object.text === 'string' ? object.text : '';
}

function elementOf(element: Record<string, unknown>): ShownElement {
  const menu = element.type === 'static_select';
  const label = textOf(menu ? element.placeholder : element.text);
  const choices = menu ? objects(element.options) : [element];
  return {
    action: wordOf(element.action_id),
    label,
    primary: element.style === 'primary',
    menu,
    choices: choices.map((each) => ({ label: textOf(each.text), value: wordOf(each.value) })),
    url: typeof element.url === 'string' ? element.url : undefined,
  };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function objects(list: unknown): Record<string, unknown>[] {
  const all: unknown[] = Array.isArray(list) ? list : [];
  return all.flatMap((each) => (typeof each === 'object' && each !== null ? [{ ...each }] : []));
}
