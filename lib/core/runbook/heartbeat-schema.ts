import * as z from 'zod/mini';
import { MINUTE } from '../shared/time.ts';
import type { HeartbeatRules } from './runbook.ts';
import { duration, prose } from './value-schema.ts';

const DEFAULT_INTERVAL = 10 * MINUTE;
/**
 * A heartbeat is recorded, and a tick runs, once a minute. A shorter interval would report late ones as
 * missing.
 */
const interval = duration.check(z.refine((millis) => millis >= 3 * MINUTE, 'must be at least 3m'));

/** runbooks/heartbeat.yaml */
export const heartbeatSchema = z.pipe(
  z.strictObject({
    alertname: z._default(prose, 'Watchdog'),
    interval: z._default(interval, DEFAULT_INTERVAL),
    sources: z._default(
      z.record(
        z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, 'must be the name of a source in WEBHOOK_TOKENS')),
        z.strictObject({
          alertname: z.exactOptional(prose),
          interval: z.exactOptional(interval),
          watch: z._default(z.boolean(), true),
        }),
      ),
      {},
    ),
  }),
  z.transform(({ sources, ...shared }): HeartbeatRules => {
    const defaultRule = { ...shared, watch: true };
    const own = Object.entries(sources).map(
      ([source, rule]) => [source, { ...defaultRule, ...rule }] as const,
    );
    return { defaultRule, sources: Object.fromEntries(own) };
  }),
);
