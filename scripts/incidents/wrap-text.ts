import stringWidth from 'string-width';
import { safeLine } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

/** A sentence in lines that fit the terminal; later lines are indented by the width of `lead`. */
export function wrapText(lead: string, text: string, { width }: Terminal): string[] {
  const indent = ' '.repeat(stringWidth(lead));
  const room = Math.max(20, (width ?? Number.POSITIVE_INFINITY) - indent.length);
  const lines: string[] = [];
  for (const word of safeLine(text).split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || stringWidth(line) + 1 + stringWidth(word) > room) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? lead : indent}${line}`);
}
