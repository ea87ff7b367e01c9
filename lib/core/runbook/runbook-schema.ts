import * as z from 'zod/mini';
import { type Matcher, parseMatchers } from '../alert/matcher.ts';
import { findPatternMistake } from '../shared/pattern.ts';
import { severities } from '../shared/severity.ts';
import { HOUR, MINUTE, SECOND } from '../shared/time.ts';
import { type ResponseStep, type Runbook, type Step } from './runbook.ts';
import { describeStepScopes } from './step-scopes.ts';
import { duration, length, longer, prose } from './value-schema.ts';

// The files under runbooks/, one schema per kind. Keys are snake_case. An unknown key is an error, because a
// mistyped key would otherwise be ignored. Compiled at build time: none of this is deployed.

const defaultTimeout = 4 * SECOND;
const longestTimeout = 15 * SECOND;

/** Prose that is shown as written, so a placeholder in it would be shown too. */
const plainProse = prose.check(z.refine((text) => !text.includes('{{'), 'cannot hold {{ }}'));
/** Text whose line breaks matter: queries and commands. */
const code = z.pipe(
  z.string().check(z.regex(/\S/, 'must not be empty')),
  z.transform((text) => text.trim()),
);
const stepId = z.string().check(z.regex(/^[a-z][a-z0-9_]*$/, 'must be lower case letters, digits and _'));
const labelName = z.string().check(z.regex(/^[a-zA-Z_]\w*$/, 'must be the name of a label'));
/** Alertmanager's matchers in one text: `{service="exchange"}`, `service=~"a|b", env!="test"`. */
const matchers = z.pipe(
  z.string(),
  z.transform((text, context): Matcher[] => {
    const read = parseMatchers(text);
    if (Array.isArray(read)) return read;
    context.issues.push({ code: 'custom', message: `must be matchers: ${read.mistake}`, input: text });
    return z.NEVER;
  }),
);
/** A regular expression of RE2, found anywhere in a text. */
const pattern = z.pipe(
  z.string(),
  z.transform((text, context): string => {
    const mistake = findPatternMistake(text);
    if (mistake === undefined) return text;
    context.issues.push({ code: 'custom', message: mistake, input: text });
    return z.NEVER;
  }),
);
const severity = z.enum(severities);
const category = z
  .string()
  .check(
    z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be a name in lower case, such as trading or circuit-breaker'),
  );

const step = {
  id: stepId,
  title: plainProse,
  timeout: z._default(
    duration.check(
      longer,
      z.refine((millis) => millis <= longestTimeout, 'must be at most 15s'),
    ),
    defaultTimeout,
  ),
  when: z.exactOptional(matchers),
  for_each: z.exactOptional(
    z.strictObject({ label: labelName, most: z._default(z.int().check(z.gte(1), z.lte(10)), 5) }),
  ),
  attention: z.exactOptional(prose),
  sentence: prose,
  normal: z.exactOptional(prose),
};

const pods = {
  kind: z.literal('kubernetes'),
  ...step,
  namespace: prose,
  deployment: z.exactOptional(prose),
  selector: z.exactOptional(prose),
  pod: z.exactOptional(prose),
};
/** An absolute path. Filled-in values are checked when the path is filled. */
const path = z
  .string()
  .check(z.refine((text) => isPath(text.replaceAll(/\{\{.*?\}\}/g, 'x')), 'must be a path like /health'));

const scopes = ['deployment', 'selector', 'pod'] as const;
const oneScope = z.refine<Partial<Record<(typeof scopes)[number], string>>>(
  (written) => scopes.filter((scope) => written[scope] !== undefined).length <= 1,
  'must name at most one of deployment, selector and pod',
);

const kubernetesStep = z.discriminatedUnion('read', [
  z.strictObject({ ...pods, read: z.literal('pods') }),
  z.strictObject({ ...pods, read: z.literal('events') }),
  z.strictObject({ ...pods, read: z.literal('limits') }),
  z.strictObject({ ...pods, read: z.literal('top'), sort: z._default(z.enum(['memory', 'cpu']), 'memory') }),
  z.strictObject({
    ...pods,
    read: z.literal('logs'),
    container: z.exactOptional(prose),
    tail: z._default(z.int().check(z.gte(1), z.lte(5_000)), 100),
    grep: z.exactOptional(pattern),
    previous: z._default(z.boolean(), false),
  }),
]);

const httpStep = z.discriminatedUnion('read', [
  z.strictObject({
    kind: z.literal('http'),
    ...step,
    read: z.literal('health'),
    targets: z.array(prose).check(z.minLength(1), z.maxLength(10)),
    path: z._default(path, '/health'),
  }),
  z.strictObject({
    kind: z.literal('http'),
    ...step,
    read: z.literal('metrics'),
    target: prose,
    path: z._default(path, '/metrics'),
    match: pattern,
  }),
]);

const writtenStep = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sql'),
    ...step,
    query: code,
    params: z._default(z.array(prose), []),
  }),
  z.strictObject({
    kind: z.literal('promql'),
    ...step,
    query: code,
    range: z.exactOptional(length),
    unit: z.exactOptional(prose),
  }),
  z.strictObject({
    kind: z.literal('alertmanager'),
    ...step,
    match: z._default(z.record(labelName, z.string()), {}),
    sharing: z.exactOptional(z.array(labelName).check(z.minLength(1))),
  }),
  kubernetesStep.check(oneScope),
  httpStep,
]);
const stepSchema = z.pipe(
  writtenStep,
  z.transform(
    ({ for_each, ...same }): Step => ({
      ...same,
      forEach: for_each,
    }),
  ),
);

const groupBy = z.array(labelName).check(
  z.minLength(1),
  z.refine(
    (names) => !names.includes('severity'),
    'must not hold severity: a raised alert would be another incident',
  ),
);

const promotion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('repeated'),
    to: severity,
    count: z.int().check(z.gte(2)),
    within: length,
  }),
  z.strictObject({ kind: z.literal('open-longer'), to: severity, after: length }),
  z.strictObject({
    kind: z.literal('distinct-values'),
    to: severity,
    label: labelName,
    at_least: z.int().check(z.gte(2)),
  }),
]);

const command = z.strictObject({
  text: plainProse,
  command: code,
  caution: z.exactOptional(plainProse),
  when: z.exactOptional(prose),
});

const responseStep = z.pipe(
  z.union([plainProse, z.strictObject({ text: plainProse, when: matchers })]),
  z.transform((written): ResponseStep => (typeof written === 'string' ? { text: written } : written)),
);

/** Follows a number in titles and subjects, which are short. */
const counted = plainProse.check(
  z.maxLength(30, 'must have at most 30 characters'),
  z.refine((text) => !/^\d/.test(text), 'must not begin with a number: the count stands before it'),
);

const runbookFields = {
  severity,
  category,
  summary: plainProse,
  impact: plainProse,
  counted_as: z.exactOptional(z.strictObject({ firing: counted, resolved: counted })),
  labels: z._default(z.array(labelName), []),
  group_by: z._default(groupBy, ['alertname']),
  previous_group_by: z._default(z.array(groupBy), []),
  reopen_window: z._default(duration, 10 * MINUTE),
  stale_after: z._default(length, 8 * HOUR),
  promotions: z._default(z.array(promotion), []),
  escalation: z._default(prose, 'default'),
  diagnostics: z._default(z.array(stepSchema), []),
  verification: z._default(z.array(stepId), []),
  commands: z._default(z.array(command), []),
  response: z._default(z.array(responseStep), []),
  url: z.exactOptional(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })),
};

/** runbooks/alerts/*.yaml */
export const runbookSchema = z.pipe(
  z.strictObject({ alertname: prose, ...runbookFields }),
  z.transform(toRunbook),
);

/** runbooks/default.yaml: the same fields, for alertnames without a file. */
export const defaultRunbookSchema = z.pipe(
  z.strictObject(runbookFields),
  z.transform((written) => toRunbook({ alertname: 'default', ...written })),
);

/** runbooks/severities.yaml */
export const severitiesSchema = z.strictObject({
  aliases: z.record(z.string().check(z.regex(/^[^A-Z]+$/, 'must be lower case')), severity),
  unknown: z._default(severity, 'warning'),
});

/** An address, or the name of a variable. */
const mailList = z
  .string()
  .check(
    z.regex(
      /^([A-Z][A-Z0-9_]*|[^\s,@<>]+@[^\s,@<>]+)$/,
      'must be an address, or the name of a variable such as ALERT_EMAIL_TO',
    ),
  );

/** runbooks/routing.yaml */
export const routingSchema = z.strictObject({
  storm_after: z._default(z.int().check(z.gte(1), z.lte(50)), 20),
  routes: z.array(
    z.strictObject({
      severity: z.exactOptional(z.array(severity)),
      category: z.exactOptional(z.array(category)),
      slack: z.exactOptional(
        z.string().check(z.regex(/^#[\p{Ll}\p{N}_-]+$/u, 'must be a channel name like #alerts')),
      ),
      email: z.exactOptional(z.array(mailList)),
      webhook: z.exactOptional(
        z.string().check(z.regex(/^[A-Za-z0-9][\w.-]*$/, 'must be a name in NOTIFY_WEBHOOKS')),
      ),
      mention: z.exactOptional(z.literal('channel')),
    }),
  ),
});

const escalationPolicy = z.pipe(
  z.strictObject({
    acknowledge_within: z.exactOptional(length),
    tiers: z._default(z.array(z.strictObject({ tier: z.literal([2, 3]), after: length })), []),
    acknowledge_stops_tiers: z._default(z.boolean(), false),
  }),
  z.transform(({ acknowledge_within, tiers, acknowledge_stops_tiers }) => ({
    acknowledgeWithin: acknowledge_within,
    tiers,
    acknowledgeStopsTiers: acknowledge_stops_tiers,
  })),
);
const tierContacts = z.array(z.string());

/** runbooks/escalation.yaml */
export const escalationSchema = z.strictObject({
  policies: z.record(
    z.string(),
    z.strictObject({ critical: escalationPolicy, warning: escalationPolicy, info: escalationPolicy }),
  ),
  tier_contacts: z.strictObject({ '1': tierContacts, '2': tierContacts, '3': tierContacts }),
});

function isPath(text: string): boolean {
  return /^\/[^?#\\\s]*$/.test(text) && !/\/\.{1,2}(\/|$)/.test(text);
}

type Written = z.infer<z.ZodMiniObject<typeof runbookFields>> & { alertname: string };

function toRunbook(written: Written): Runbook {
  const { counted_as, group_by, previous_group_by, reopen_window, stale_after, promotions, ...same } =
    written;
  return {
    ...same,
    stepScopes: describeStepScopes(same.diagnostics),
    countedAs: counted_as,
    groupBy: group_by,
    previousGroupBy: previous_group_by,
    reopenWindow: reopen_window,
    staleAfter: stale_after,
    promotions: promotions.map((rule) => {
      if (rule.kind !== 'distinct-values') return rule;
      const { at_least, ...rest } = rule;
      return { ...rest, atLeast: at_least };
    }),
  };
}
