/** A block as something to show; blocks this system never sends are named instead of shown. */
export type ShownBlock =
  | { kind: 'header'; text: string }
  | { kind: 'section'; texts: string[] }
  | { kind: 'context'; texts: string[] }
  | { kind: 'divider' }
  | { kind: 'other'; type: string };

/** Reads a Block Kit object. Texts are mrkdwn as sent, the header's is plain. */
export function readBlock(block: Record<string, unknown>): ShownBlock {
  switch (block.type) {
    case 'header':
      return { kind: 'header', text: textOf(block.text) };
    case 'section':
      return { kind: 'section', texts: [...texts([block.text]), ...texts(block.fields)] };
    case 'context':
      return { kind: 'context', texts: texts(block.elements) };
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
