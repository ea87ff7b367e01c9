import * as z from 'zod/mini';
import type { ActiveAlert } from '../../core/diagnosis/probe.ts';

const texts = z.record(z.string(), z.string());

/** The fields that are used of GET /api/v2/alerts. https://prometheus.io/docs/alerting/latest/clients/ */
export const alertsSchema = z.array(
  z.pipe(
    z.object({
      fingerprint: z.string(),
      labels: texts,
      annotations: texts,
      startsAt: z.string(),
      status: z.object({ state: z.enum(['active', 'suppressed', 'unprocessed']) }),
    }),
    z.transform(
      ({ startsAt, status, ...same }): ActiveAlert => ({
        ...same,
        startsAt: Date.parse(startsAt) || 0,
        state: status.state,
      }),
    ),
  ),
);
