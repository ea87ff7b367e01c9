import { escapeUnsafe } from '../../lib/core/shared/plain-text.ts';

// Whatever a command prints may come from outside: labels, a payload, a server's error, a file's name. A terminal obeys
// what is in it: it can rewrite lines, change the title, open a link, or answer as if somebody typed. So every command
// prints through here. Spelled as in JSON, such a character harms no terminal, and JSON means the same.

/** The bold, the dim and the colours that commands use themselves. */
const OWN_STYLE = /^\[(?:1|2|22|31|33|36|39)m/;
const LONGEST_STYLE = 4;
const ESCAPE = '\u001b';

/** The text with `\u001b` spelled where it had an escape. `styles`: those of a command's own stay. */
export function escapeControls(text: string, { styles = false }: { styles?: boolean } = {}): string {
  if (!styles) return escapeUnsafe(text);
  return escapeUnsafe(
    text,
    (character, at) => character === ESCAPE && OWN_STYLE.test(text.slice(at + 1, at + 1 + LONGEST_STYLE)),
  );
}

type Printing = Pick<Console, 'log' | 'error'>;

/** A console whose lines a terminal shows and does not obey. */
export function guardConsole(console: Printing, options?: { styles: boolean }): Printing {
  return {
    log: (text: unknown) => console.log(escapeControls(String(text), options)),
    error: (text: unknown) => console.error(escapeControls(String(text), options)),
  };
}
