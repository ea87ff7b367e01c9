import { DAY, HOUR, MINUTE, SECOND } from '../../shared/time.ts';

/** For people, in at most two units: `14 m 02 s`, `3 h 05 m`, `2 d 4 h`. */
export function formatDurationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const ms = Math.max(0, Math.round(seconds)) * SECOND;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  if (ms < MINUTE) return `${ms / SECOND} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} m`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** Three significant digits for fractions, grouped thousands: `0.0512`, `12.3`, `48,210`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits =
    Math.abs(value) >= 100 || Number.isInteger(value)
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en-US', digits);
}

/** `1.2 GiB`, by 1,024, as Kubernetes and PostgreSQL count. */
export function formatBytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let left = value;
  let unit = 0;
  while (Math.abs(left) >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${formatNumber(left)} ${units[unit]}`;
}

/** `3.4 %` */
export function formatPercent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${formatNumber(Math.round((part / whole) * 1000) / 10)} %`;
}

/** `a, b, c +4` */
export function formatList(items: unknown[], most: number): string {
  const shown = items.slice(0, most).map(String).join(', ');
  return items.length > most ? `${shown} +${items.length - most}` : shown;
}
