/**
 * One log line. `message` is static, so that lines can be counted. Ids, numbers and reasons go into `data`.
 * Never label values, never credentials.
 */
export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}
