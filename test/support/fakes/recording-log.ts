import type { Log } from '../../../lib/core/shared/log.ts';

export type LogLine = {
  level: 'info' | 'warn' | 'error';
  message: string;
  data: Readonly<Record<string, unknown>>;
};

/** A log that keeps its lines. */
export function createRecordingLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: LogLine['level']) =>
    (message: string, data = {}) =>
      void lines.push({ level, message, data });
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
