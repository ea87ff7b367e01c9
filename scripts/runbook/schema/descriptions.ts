/**
 * An editor's descriptions of keys. `kind.key` is the key in a step of that kind; a key with keys of its own has
 * descriptions for them as well.
 */
export type Words = { [key: string]: string | [description: string, inner: Words] };

const LENGTH = 'A length of time: 30s, 10m, 8h, 1h30m.';
const HOLES = '{{ }} holds a CEL expression';
const LABEL_HOLES = `${HOLES} over labels`;
const MATCHERS = 'Alertmanager matchers on the alert\'s labels: service="exchange", env!~"test|dev".';

const LOCAL = 'in the time zone of the rotation';

const step: Words = {
  id: 'Names the step: verification lists it, commands use its result as findings.ID.',
  title: 'What is checked, in a few words.',
  kind: 'Where it reads: sql (PostgreSQL), promql (Prometheus), alertmanager, kubernetes, http.',
  timeout: `How long it may take; at most 15s, and no longer than the notice waits (critical 10s, else 20s). Default: 4s. ${LENGTH}`,
  when: `Run only when an alert of the incident matches. ${MATCHERS}`,
  for_each: [
    'Run once for each value that the label has within the incident.',
    {
      label: 'The label; labels.NAME is the value of this run, and findings.ID.value in commands.',
      most: 'The most values that are looked at, the most frequent ones first. Default: 5, at most 10.',
    },
  ],
  attention: 'CEL over result and labels: true when a person should look at this.',
  sentence: `The one sentence of the finding, numbers before adjectives; ${HOLES} over result and labels. Used when it needs attention, and always when there is no normal.`,
  normal: `The sentence when nothing needs attention: short, it shares a line with others. ${HOLES} over result and labels.`,
  'sql.query':
    'One reading statement; values come in as $1, $2 … At most 20 rows. A column _x is for expressions only, x_seconds is shown as a duration, x_bytes as an amount. Gives result.rows, result.first, result.count, result.truncated.',
  params: 'CEL over labels, one for each bind value: labels.agent.',
  'promql.query': `PromQL; ${LABEL_HOLES}, inside double-quoted strings only. Gives result.samples, or result.series with a range, and result.first, result.value, result.count.`,
  range: `Read the time up to now instead of the value now. ${LENGTH}`,
  unit: 'Shown behind the numbers of a series: MB, per s.',
  'alertmanager.match': `Only active alerts with exactly these labels; ${LABEL_HOLES}. Gives result.rows {alert, severity, state, firing_seconds, shares}, result.first, result.count.`,
  sharing: 'Only alerts of other names that have the same value as this one in at least one of these labels.',
  namespace: `The namespace; ${LABEL_HOLES}.`,
  deployment: `The pods of this deployment. At most one of deployment, selector and pod. ${LABEL_HOLES}.`,
  selector: `The pods that this label selector picks: app.kubernetes.io/name=api. ${LABEL_HOLES}.`,
  pod: `The one pod of this name. ${LABEL_HOLES}.`,
  'kubernetes.pods.read':
    'Pods, the worst first. Gives result.rows {pod, ready, status, restarts, last_exit, ended_seconds, age_seconds, node}, result.not_ready, result.restarts, result.oom_killed.',
  'kubernetes.events.read':
    'Warning events, the newest first. Gives result.rows {object, reason, message, count, seen_seconds}.',
  'kubernetes.limits.read':
    'What containers may use. Gives result.rows {pod, container, cpu_request_millicores, cpu_limit_millicores, memory_request_bytes, memory_limit_bytes}, result.unlimited.',
  'kubernetes.top.read':
    'What containers use, the highest first. Gives result.rows {pod, container, cpu_millicores, memory_bytes, cpu_percent, memory_percent, …}.',
  'kubernetes.logs.read':
    'Lines of logs. Gives result.lines, result.last, result.count (lines that match), result.read (lines that were read), result.pods.',
  sort: 'What is highest first: memory or cpu. Default: memory.',
  container: `The container, when a pod has several. ${LABEL_HOLES}.`,
  tail: 'Lines from the end of each log. Default: 100, at most 5000.',
  grep: 'Only lines in which this regular expression (RE2, as in Prometheus) is found, whatever their case.',
  previous: 'The log of the container before its last restart. Default: false.',
  'http.health.read':
    'Whether each target answers with a success. HTML and redirects are no answer of a health check. Gives result.rows {target, healthy, status, took_ms, error, body}, result.unhealthy.',
  'http.metrics.read':
    'Lines of a metrics page. Gives result.rows {name, labels, value}, result.value, result.count.',
  targets: `Names in HTTP_TARGETS; ${LABEL_HOLES}.`,
  target: `A name in HTTP_TARGETS; ${LABEL_HOLES}.`,
  'http.health.path': 'From the root of the server. Default: /health.',
  'http.metrics.path': 'From the root of the server. Default: /metrics.',
  'http.match': "Regular expression (RE2, as in Prometheus) that is found in a metric's name.",
};

export const runbook: Words = {
  alertname: 'The alert that this is about, exactly as its rule names it.',
  severity: 'Its severity when the alert has no severity label: info, warning or critical.',
  category: 'What it belongs to; routing.yaml sends some categories to channels of their own.',
  summary: 'What the alert means, in one sentence. Read first, on a phone, at night.',
  impact: 'What it costs while it lasts, in one sentence.',
  counted_as: [
    'What several of its alerts are called behind their number, in titles and subjects. Default: alerts.',
    {
      firing: 'While they fire: agents down, for 12 agents down.',
      resolved: 'When it is over: agents, for 12 agents.',
    },
  ],
  labels:
    "Labels that the alert's rule sets beside alertname and severity. Templates and matchers may use these and no others.",
  group_by: 'Alerts with the same values of these labels are one incident. Default: [alertname].',
  previous_group_by: 'Earlier group_by lists, whose open incidents are still found after a change.',
  reopen_window: `Firing again within this time of the resolve reopens the same incident. Default: 10m. ${LENGTH}`,
  stale_after: `Alertmanager is asked when an incident has heard nothing for this long. Default: 8h. ${LENGTH}`,
  promotions: [
    'When the incident is raised to a higher severity than its alerts have.',
    {
      kind: 'repeated (fired several times), open-longer (open for long) or distinct-values (fires for several values of a label).',
      to: 'The severity it is raised to.',
      count: 'Firings that make it repeated.',
      within: `The time within which they count. ${LENGTH}`,
      after: `How long it has been open by then. ${LENGTH}`,
      label: 'The label whose values are counted.',
      at_least: 'Values that must fire at the same time.',
    },
  ],
  escalation: 'Name of a policy in escalation.yaml. Default: default.',
  diagnostics: ['What is checked before the notice leaves: bounded reads, run side by side.', step],
  verification: 'Ids of the diagnostics that are run again when it has resolved.',
  commands: [
    'Lines to copy and paste, for people; the system never runs them.',
    {
      text: 'What it does, in a few words.',
      command: `A shell line; ${HOLES} over findings and labels, and each value is quoted for the shell. Left out when a value was not found.`,
      caution: 'What it costs; for every command that changes something.',
      when: 'CEL over findings and labels: true when the command is to be shown. Default: always.',
    },
  ],
  response: [
    'What to decide or do, for people, in the order in which to go through it.',
    { text: 'One step, in one sentence.', when: `Shown only when an alert matches. ${MATCHERS}` },
  ],
  url: 'A page with more, linked as Runbook.',
};

export const routing: Words = {
  storm_after:
    'When more incidents than this begin within a minute in one place, those that are not critical share one message there. Default: 20.',
  routes: [
    'Every route whose conditions all hold is used; places that are the same are told once.',
    {
      severity: 'Only incidents of one of these severities.',
      category: 'Only incidents of runbooks of one of these categories.',
      slack: 'A channel, with its #.',
      email: 'Mail lists, by the variables that hold their addresses.',
      webhook: 'A name in NOTIFY_WEBHOOKS: a program that gets every notice as signed JSON.',
      mention: 'channel: adds @channel to notices that interrupt people.',
    },
  ],
};

const policy: Words = {
  acknowledge_within: `On-call is reminded when nobody acknowledges a page by then. Without it: never. ${LENGTH}`,
  tiers: [
    'Who is told later, counted from the first page.',
    { tier: '2 or 3; tier_contacts says who that is.', after: `When they are told. ${LENGTH}` },
  ],
  acknowledge_stops_tiers: 'Whether an acknowledgement stops the tiers. Default: false, only resolving does.',
};

export const escalation: Words = {
  policies: [
    'Policies by name; a runbook names one under escalation.',
    {
      critical: ['What happens for critical incidents.', policy],
      warning: ['What happens for warnings.', policy],
      info: ['What happens for what is only information.', policy],
    },
  ],
  tier_contacts: [
    'Who the tiers are, by their names in contacts.yaml.',
    { '1': 'Told with the first page.', '2': 'Told at L2.', '3': 'Told at L3.' },
  ],
};

export const contacts: Words = {
  contacts: [
    'People, groups and rotations by name.',
    {
      name: 'As notices name them.',
      slack: 'A Slack user id (U…) or user group id (S…), which is notified; a plain @name is only shown.',
      email: 'Addresses that are mailed when this contact is addressed.',
      rotation: [
        'People who take turns. Whoever is on call when a notice is decided is told in place of this contact.',
        {
          who: 'Contacts in the order in which they take over; before the start the first one is on call as well.',
          start: `When the first of them takes over: 2026-11-23 09:00, ${LOCAL}.`,
          length: 'How long each stays, in whole days or weeks: 1d, 1w, 2w. Default: 1w.',
          time_zone:
            'An IANA name: Europe/Vilnius. Handovers keep their local time when its clocks change; a time that the clocks skip counts from before the change.',
          overrides: [
            'Who stands in for whoever is on call. Of those that overlap the later one in the list holds.',
            {
              who: 'The contact who stands in.',
              from: `From when: 2026-12-24 18:00, ${LOCAL}, or with an offset: 2026-12-24T18:00+02:00.`,
              until: 'Until just before when, written like from.',
            },
          ],
        },
      ],
    },
  ],
};

export const heartbeat: Words = {
  alertname:
    'The alert that always fires, and so is a sign of life. It makes no incident. Default: Watchdog.',
  interval: `After how long without a sign a critical incident opens, once a source has ever sent one. Longer than the repeat_interval of the alert's route in Alertmanager, at least 3m. Default: 10m. ${LENGTH}`,
  sources: [
    'Sources that differ, by their names in WEBHOOK_TOKENS.',
    {
      alertname: 'What this source sends. Default: as above.',
      interval: `How long this source may be silent. Default: as above. ${LENGTH}`,
      watch: 'false: its silence is no incident. Default: true.',
    },
  ],
};

export const severities: Words = {
  aliases:
    'Values of the severity label, in lower case, and the severity each means; - and _ in them do not count.',
  unknown:
    "What any other value means for an alertname without a runbook; where it has one, the runbook's severity holds. Notices show the value as it is written. Default: warning.",
};
