/**
 * One line of operation. `message` is static, so that lines can be counted; what varies is data beside it:
 * ids, numbers, reasons. Never label values, never credentials.
 */
export interface Log {
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}
