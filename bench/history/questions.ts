import { DAY, HOUR, type Millis } from '../../lib/core/shared/time.ts';

/** A question to GET /incidents. */
export type Question = {
  name: string;
  parameters: Record<string, string>;
  /** How many pages to skip before the measured one. */
  pagesBefore?: number;
};

/** The questions for measuring pages: each filter, several at once, and the extremes of a page's cost. */
export function questions(now: Millis): Question[] {
  const lastNight = Math.floor(now / DAY) * DAY - 2 * HOUR;
  const night = { from: isoTime(lastNight), to: isoTime(lastNight + 8 * HOUR) };
  const week = { from: isoTime(lastNight - 14 * DAY), to: isoTime(lastNight - 7 * DAY) };
  const none = { severity: 'info', category: 'circuit-breaker' };
  const ever = { from: '2000-01-01' };
  return [
    { name: 'the newest 50', parameters: {} },
    { name: 'the newest 200', parameters: { limit: '200' } },
    { name: 'open now', parameters: { status: 'open' } },
    { name: 'open now and critical', parameters: { status: 'open', severity: 'critical' } },
    { name: 'resolved', parameters: { status: 'resolved' } },
    { name: 'one night', parameters: night },
    { name: 'one week', parameters: week },
    { name: 'one alertname', parameters: { alertname: 'HighErrorRate' } },
    { name: 'one severity', parameters: { severity: 'critical' } },
    { name: 'one source', parameters: { source: 'staging' } },
    { name: 'one category', parameters: { category: 'trading' } },
    {
      name: 'four filters at once',
      parameters: { status: 'resolved', severity: 'warning', source: 'prod', category: 'agents' },
    },
    { name: 'the 10th page', parameters: {}, pagesBefore: 9 },
    { name: 'the 4th page of one source', parameters: { source: 'staging' }, pagesBefore: 3 },
    { name: 'what there is none of', parameters: none },
    { name: 'what there is none of, of all time', parameters: { ...none, ...ever } },
    { name: 'the newest 50 of all time', parameters: ever },
  ];
}

function isoTime(time: Millis): string {
  return new Date(time).toISOString();
}
