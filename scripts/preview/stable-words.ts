import pg from 'pg';
import { MINUTE, type Millis } from '../../lib/core/shared/time.ts';

/** Removes from a value's texts what differs between runs. */
export type StableWords = <T>(value: T) => T;

const FIRST_PID = 4711;
const DAY_MINUTES = 24 * 60;

/**
 * Replaces the parts of PostgreSQL's answers that differ between runs. The numbers of its sessions become 4711 and up,
 * in the order in which they began; times of day move to those of `at`.
 */
export async function stableWords(connectionString: string, at: Millis): Promise<StableWords> {
  const client = new pg.Client({ connectionString, application_name: 'preview' });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE application_name IN ('api', 'agent-runner')
      ORDER BY backend_start, pid`,
  );
  const clock = await client.query<{ now: Date }>('SELECT now() AS now');
  await client.end();
  const pids = new Map(rows.map(({ pid }, index) => [String(pid), String(FIRST_PID + index)]));
  const started = clock.rows[0]?.now.getTime() ?? at;
  const ahead = Math.round((at - started) / MINUTE);

  function stable(text: string): string {
    return text
      .replace(/\b\d+\b/g, (number) => pids.get(number) ?? number)
      .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => moved(time, started, at))
      .replace(/\b(\d\d):(\d\d) UTC\b/g, (_whole, hours: string, minutes: string) => {
        const total = (Number(hours) * 60 + Number(minutes) + ahead) % DAY_MINUTES;
        return `${clockWords(total < 0 ? total + DAY_MINUTES : total)} UTC`;
      });
  }

  return (value) =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
      typeof part === 'string' ? stable(part) : part,
    );
}

/** A time of PostgreSQL's own clock; Kubernetes and Prometheus already use `at`. */
function moved(text: string, started: Millis, at: Millis): string {
  const time = Date.parse(text);
  if (!(Math.abs(time - started) < Math.abs(time - at))) return text;
  return new Date(time - started + at).toISOString().replace(/:\d\d\.\d+Z$/, ':00.000Z');
}

function clockWords(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
