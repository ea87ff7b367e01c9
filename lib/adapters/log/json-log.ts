import type { Log } from '../../core/shared/log.ts';

/**
 * A log that writes one line of JSON per entry; errors in the data become name, message and stack. `clean` changes each text in the
 * data before it is written.
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
      write(JSON.stringify({ level, message, ...data }, toPlain));
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
