import * as z from 'zod';
import { noticeReasons } from '../../core/incident/effect.ts';
import { severities } from '../../core/shared/severity.ts';

// The documented form of what is posted: docs/webhook.md shows it as JSON Schema, and a test holds both to what is
// rendered. Only the types are deployed.

const time = z.iso.datetime().describe('ISO 8601, in UTC');
const texts = z.record(z.string(), z.string());
const severity = z.enum(severities);

const links = z
  .object({
    incident: z.string().optional(),
    runbook: z.string().optional(),
    prometheus: z.string().optional(),
    alertmanager: z.string().optional(),
    others: z
      .array(z.object({ name: z.string(), url: z.string() }))
      .optional()
      .describe('Further pages, such as dashboards, named by where they lead'),
  })
  .describe('Addresses for people; absent where there is none');

const flapping = z
  .boolean()
  .describe('It comes and goes: further reopens and resolves are not sent until it has been calm for 15 min');

const incident = z.object({
  id: z.string(),
  alertname: z.string(),
  source: z.string().describe('The monitoring system that sent it'),
  group: texts.describe(
    'The labels, beside alertname, that its alerts share and that tell it from other incidents',
  ),
  severity,
  state: z.enum(['firing', 'resolved']),
  openedAt: time,
  resolvedAt: time.optional(),
  resolvedBy: z.string().optional().describe('The person who resolved it by hand'),
  acknowledged: z.object({ by: z.string(), at: time, note: z.string().optional() }).optional(),
  flapping,
  flappingOver: z
    .object({ reopens: z.int().describe('How often it had fired again') })
    .optional()
    .describe('In the one notice that says that the flapping is over'),
  tier: z.int().describe('The highest tier that is called by now'),
});

const alert = z.object({
  labels: texts,
  severity,
  text: z.string().describe('Its summary'),
  description: z.string().optional().describe('Its description, if that says more'),
  firing: z.boolean(),
  startsAt: time,
});

const notice = z
  .object({
    schema: z.literal(1),
    kind: z.literal('notice'),
    seq: z.int().describe('Grows with every change of the incident; drop what is older than what you have'),
    reason: z.enum(noticeReasons).describe('Why it is sent'),
    interrupts: z.boolean().describe('Whether people are interrupted by it in other channels'),
    at: time,
    happened: z.string().describe('One sentence: what happened'),
    incident,
    summary: z.string().describe('What the alert means'),
    impact: z.string(),
    missingData: z
      .string()
      .optional()
      .describe('Why nobody knows whether the condition holds, although it fires'),
    alerts: z.object({
      firing: z.int(),
      total: z.int(),
      shown: z.array(alert).describe('The worst first'),
      omitted: z.int(),
    }),
    findings: z.array(
      z.object({
        title: z.string(),
        verdict: z.enum(['attention', 'normal', 'unchecked']),
        sentence: z.string(),
      }),
    ),
    notDiagnosed: z.string().optional().describe('Why not everything was checked'),
    changes: z
      .array(z.object({ title: z.string(), before: z.string(), after: z.string(), change: z.string() }))
      .describe('On the resolve: what needed attention while it fired, before and after'),
    commands: z.array(
      z.object({
        text: z.string(),
        command: z.string(),
        caution: z.string().optional(),
        withheld: z.string().optional(),
      }),
    ),
    response: z.array(z.string()).describe('What to decide or do, in order'),
    unverified: z.string().optional().describe('Why Alertmanager could not confirm that it still fires'),
    channelFailures: z.array(z.string()).describe('Places that were not reached, and why'),
    notified: z.object({
      names: z.array(z.string()),
      acknowledgeBy: time.optional(),
      next: z.object({ tier: z.int(), at: time }).optional(),
    }),
    links,
  })
  .describe('An incident, in its state at the time of sending');

const plain = z
  .object({
    schema: z.literal(1),
    kind: z.literal('plain'),
    seq: z.int(),
    interrupts: z.boolean(),
    incident: z.object({
      id: z.string(),
      alertname: z.string(),
      severity,
      state: z.enum(['firing', 'resolved']),
      flapping,
    }),
    why: z.string(),
    links,
  })
  .describe('A notice that could not be written out in full, and why');

const digest = z
  .object({
    schema: z.literal(1),
    kind: z.literal('digest'),
    startedAt: time,
    closedAt: time.optional().describe('Present when the storm is over'),
    stormAfter: z.int().describe('More new incidents than this in a minute share a digest'),
    incidents: z.array(
      z.object({
        id: z.string(),
        seq: z.int(),
        alertname: z.string(),
        source: z.string(),
        severity,
        state: z
          .enum(['firing', 'resolved', 'standalone'])
          .describe('standalone: it has notices of its own by now'),
        openedAt: time,
        alerts: z.int(),
      }),
    ),
    omitted: z.int().describe('Incidents that are not listed'),
    links,
  })
  .describe('All incidents of a storm so far, in place of a notice for each');

const summary = z
  .object({
    schema: z.literal(1),
    kind: z.literal('maintenance-summary'),
    maintenance: z.string().describe('Its id'),
    lines: z.array(z.string()),
  })
  .describe('What fired during a maintenance that is over');

export const webhookBodySchema = z.discriminatedUnion('kind', [notice, plain, digest, summary]);

export type WebhookBody = z.infer<typeof webhookBodySchema>;
export type NoticeBody = z.infer<typeof notice>;
