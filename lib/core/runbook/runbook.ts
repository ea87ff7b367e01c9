import type { Matcher } from '../alert/matcher.ts';
import type { LocalTime } from '../shared/local-time.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { EscalationPolicy, Promotion } from './policy.ts';

type StepBase = {
  /** Unique within the runbook; other parts refer to the step's result by this id. */
  id: string;
  title: string;
  timeout: Millis;
  /**
   * Run only when an alert of the incident matches all of these. The step's labels then come from those
   * alerts.
   */
  when?: Matcher[];
  /** Run once for each distinct value of the label in the incident, for the `most` most frequent values. */
  forEach?: { label: string; most: number };
  /** CEL over `result` and `labels`: true when a person should look at the result. */
  attention?: string;
  /**
   * Text with `{{ CEL }}`: the finding's sentence when it needs attention. Used always if `normal` is absent.
   */
  sentence: string;
  /** The sentence when nothing needs attention. Keep it short: it shares a line with others. */
  normal?: string;
};

export type SqlStep = StepBase & {
  kind: 'sql';
  /** One read-only statement. Bind values are $1, $2 … */
  query: string;
  /** CEL over `labels`, one per bind value. */
  params: string[];
};

export type PromqlStep = StepBase & {
  kind: 'promql';
  /** PromQL. `{{ labels.x }}` is replaced inside string literals by the escaped label value. */
  query: string;
  /** Reads the series of this length up to now; absent: reads the value now. */
  range?: Millis;
  unit?: string;
};

export type AlertmanagerStep = StepBase & {
  kind: 'alertmanager';
  /** Exact label matches; a value may contain `{{ labels.x }}`. Empty: all active alerts of the source. */
  match: Record<string, string>;
  /** Only alerts of other alertnames that share the value of at least one of these labels. */
  sharing?: string[];
};

/**
 * Which pods: of a deployment, of a label selector, or one by name; all pods of the namespace when none is
 * given. Each may contain `{{ labels.x }}`, and is checked to be a valid name before use.
 */
export type PodScope = { namespace: string; deployment?: string; selector?: string; pod?: string };

/** One bounded read of the Kubernetes API. */
export type KubernetesStep = StepBase & { kind: 'kubernetes' } & PodScope &
  (
    | { read: 'pods' | 'events' | 'limits' }
    | { read: 'top'; sort: 'memory' | 'cpu' }
    | {
        read: 'logs';
        container?: string;
        /** Lines from the end of each pod's log. */
        tail: number;
        /** Pattern that a line must match; ignores case. */
        grep?: string;
        /** Whether to read the log of the container before its last restart. */
        previous: boolean;
      }
  );

/** One bounded GET of hosts that the configuration names. */
export type HttpStep = StepBase & { kind: 'http' } & (
    | {
        /** Checks whether each target answers with a success. */
        read: 'health';
        /** Names in HTTP_TARGETS; each may contain `{{ labels.x }}`. */
        targets: string[];
        /** May contain `{{ labels.x }}`, which becomes one encoded segment. */
        path: string;
      }
    | {
        /** Reads samples of a metrics page in Prometheus' text format. */
        read: 'metrics';
        target: string;
        path: string;
        /** Pattern that a metric's name must match. */
        match: string;
      }
  );

export type Step = SqlStep | PromqlStep | AlertmanagerStep | KubernetesStep | HttpStep;
export type StepKind = Step['kind'];

/** A copy-paste line for people. The system itself never runs it. */
export type Command = {
  /** The heading: what the command does, in a few words. */
  text: string;
  /** Shell line with `{{ CEL }}`; inserted values are shell-quoted. */
  command: string;
  caution?: string;
  /** CEL over `findings` and `labels`; absent: always shown. */
  when?: string;
};

/** A decision or an action for people. */
export type ResponseStep = {
  text: string;
  /** Shown only when an alert of the incident matches all of these. */
  when?: Matcher[];
};

/**
 * What to call several of its alerts in a title: `12 agents down` while they fire, `12 agents` after the
 * resolve.
 */
export type CountedAs = { firing: string; resolved: string };

/** What the findings of one step are about, for a notice that is written after the alerts have changed. */
export type StepScope = {
  /** The step asks the same whatever the alert's labels are. */
  independent: boolean;
  /** The label for whose values the step runs once each. */
  label?: string;
};

/** What is known about an alertname. Compiled from runbooks/alerts/*.yaml at build time. */
export type Runbook = {
  alertname: string;
  severity: Severity;
  /** Any name; routing.yaml and the history know those that runbooks have. */
  category: string;
  /** What the alert means, in one sentence. */
  summary: string;
  /** What the alert costs while it lasts, in one sentence. */
  impact: string;
  /** Absent: the title counts "alerts". */
  countedAs?: CountedAs;
  /** Labels of its alerts in addition to alertname and severity. Templates may use only these. */
  labels: string[];
  groupBy: string[];
  /** Earlier group_by lists; ingest still finds their incidents. */
  previousGroupBy: string[][];
  reopenWindow: Millis;
  staleAfter: Millis;
  promotions: Promotion[];
  /** Name of a policy in escalation.yaml. */
  escalation: string;
  diagnostics: Step[];
  /** Of each of its diagnostics, by id. */
  stepScopes: Record<string, StepScope>;
  /** Ids of the diagnostics that run again after the resolve. */
  verification: string[];
  commands: Command[];
  /** In the order in which people should go through them. */
  response: ResponseStep[];
  url?: string;
  /** Set for the default runbook, which knows nothing about this alert. */
  isDefault?: true;
};

/** A person or group that can be notified. */
export type Person = { name: string; slack?: string; email?: string[] };

/**
 * A contact that tiers can call: a person, a group, or the member of a rotation who is on call at that time.
 */
export type Contact = Person | { name: string; rotation: Rotation };

/** A destination in routing.yaml. All given conditions must match. */
export type Route = {
  severity?: Severity[];
  category?: string[];
  /** Slack channel name with `#`. */
  slack?: string;
  /** Addresses, and names of variables that hold lists of them. */
  email?: string[];
  /** A name in NOTIFY_WEBHOOKS. */
  webhook?: string;
  /** `channel` adds @channel to notices that interrupt. */
  mention?: 'channel';
};

/** The heartbeat of a source, and how long it may be absent before it counts as missing. */
export type HeartbeatRule = {
  /** The alert that always fires. */
  alertname: string;
  interval: Millis;
  /** False: the heartbeat is not watched, but its alert still opens no incident. */
  watch: boolean;
};

/** runbooks/heartbeat.yaml, and the runbook of the incident that a missing heartbeat opens. */
export type HeartbeatRules = {
  defaultRule: HeartbeatRule;
  /** By source, for sources whose rule differs. */
  sources: Record<string, HeartbeatRule>;
  runbook?: Runbook;
};

/** Everything under runbooks/, compiled at build time into one value. */
export type RunbookCatalog = {
  /** Hash of the files, so that history shows which runbook text was in force. */
  revision: string;
  runbooks: Record<string, Runbook>;
  /** For alertnames without a runbook. */
  defaultRunbook: Runbook;
  /** Label values that mean a severity, in lower case and without `-` and `_`: `page` → critical. */
  severityAliases: Record<string, Severity>;
  /** The severity of any other value if the alertname has no runbook; absent: warning. */
  unknownSeverity?: Severity;
  routes: Route[];
  /** The categories that runbooks have, sorted. */
  categories: string[];
  /** The variables with addresses that routes name, in the order of the routes. */
  mailLists: string[];
  /**
   * New incidents per minute and destination that start a storm: above it, only critical ones get their own
   * message; absent: 20.
   */
  stormAfter?: number;
  escalation: Record<string, Record<Severity, EscalationPolicy>>;
  /** Contacts called at each tier: '1', '2', '3'. */
  tierContacts: Record<'1' | '2' | '3', string[]>;
  contacts: Record<string, Contact>;
  heartbeat: HeartbeatRules;
  /** The runbook of the incident that a too large payload opens. */
  payloadTooLarge?: Runbook;
};
/** An on-call rotation of contacts.yaml. */
export type Rotation = {
  /** Names of contacts, in the order in which they take over; at least one. */
  who: string[];
  /** When the first of them takes over. */
  start: LocalTime;
  /** How many days each is on call. */
  days: number;
  /** IANA name; handovers keep their local time in it. */
  timeZone: string;
  /**
   * Substitutes, from `from` until just before `until`. Where two overlap, the later one in the list applies.
   */
  overrides: { who: string; from: Millis; until: Millis }[];
};
