import type { Log } from '../../core/shared/log.ts';
import { escapeUnsafe } from '../../core/shared/plain-text.ts';

/**
 * A log that writes one line of JSON per entry; errors in the data become name, message and stack. `clean` changes each text in the
 * data before it is written. What JSON may leave as it is, a reader of lines or a terminal would still act on: other line ends, controls
 * of C1, what reorders text. Spelled out, it means the same.
 */
export function createJsonLog(
  write: (line: string) => void = toStdout,
  clean: (text: string) => string = (text) => text,
): Log {
  function toPlain(_key: string, value: unknown): unknown {
    return typeof value === 'string' ? clean(value) : plainErrors(value);
  }

  function entry(level: 'info' | 'warn' | 'error') {
    return (message: string, data: Readonly<Record<string, unknown>> = {}) => {
      write(escapeUnsafe(JSON.stringify({ level, message, ...data }, toPlain)));
    };
  }
  return { info: entry('info'), warn: entry('warn'), error: entry('error') };
}

function toStdout(line: string): void {
  process.stdout.write(`${line}\n`);
}

function plainErrors(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
}
