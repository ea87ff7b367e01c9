import type { Matcher } from '../alert/matcher.ts';
import type { LocalTime } from '../shared/local-time.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';
import type { EscalationPolicy, Promotion } from './policy.ts';

type StepBase = {
  /** Unique within the runbook; other parts refer to its result by it. */
  id: string;
  title: string;
  timeout: Millis;
  /** Run only when an alert of the incident matches all of these; its labels are then those of the matching alerts. */
  when?: Matcher[];
  /** Run once for each distinct value that the label has within the incident, the most frequent `most` of them. */
  forEach?: { label: string; most: number };
  /** CEL over `result` and `labels`: true when a person should look at this. */
  attention?: string;
  /** Text with `{{ CEL }}` in it: the one sentence of the finding when it needs attention, and always unless `normal` is given. */
  sentence: string;
  /** The sentence when nothing needs attention; short, it shares a line with others. */
  normal?: string;
};

export type SqlStep = StepBase & {
  kind: 'sql';
  /** One reading statement. Values come in as $1, $2 … */
  query: string;
  /** CEL over `labels`, one per bind value. */
  params: string[];
};

export type PromqlStep = StepBase & {
  kind: 'promql';
  /** PromQL in which `{{ labels.x }}` is replaced inside string literals by the escaped label value. */
  query: string;
  /** With a range the series of that length up to now is read, else the value now. */
  range?: Millis;
  unit?: string;
};

export type AlertmanagerStep = StepBase & {
  kind: 'alertmanager';
  /** Exact label matches; a value may hold `{{ labels.x }}`. Empty: all active alerts of the source. */
  match: Record<string, string>;
  /** Only alerts of other names that have the same value as ours in at least one of these labels. */
  sharing?: string[];
};

/**
 * Which pods: those of a deployment, of a label selector, or one by name; of the whole namespace when none is given.
 * Each may hold `{{ labels.x }}`, and is checked to be a name before it is used.
 */
export type PodScope = { namespace: string; deployment?: string; selector?: string; pod?: string };

/** One bounded read of Kubernetes' API. */
export type KubernetesStep = StepBase & { kind: 'kubernetes' } & PodScope &
  (
    | { read: 'pods' | 'events' | 'limits' }
    | { read: 'top'; sort: 'memory' | 'cpu' }
    | {
        read: 'logs';
        container?: string;
        /** Lines from the end of each pod's log. */
        tail: number;
        /** Pattern that a line must match, whatever its case. */
        grep?: string;
        /** The log of the container before its last restart. */
        previous: boolean;
      }
  );

/** One bounded GET of hosts that configuration names. */
export type HttpStep = StepBase & { kind: 'http' } & (
    | {
        /** Whether each of the targets answers with a success. */
        read: 'health';
        /** Names in HTTP_TARGETS; each may hold `{{ labels.x }}`. */
        targets: string[];
        /** May hold `{{ labels.x }}`, which becomes one encoded segment. */
        path: string;
      }
    | {
        /** Samples of a metrics page in Prometheus' text format. */
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
  /** What it does, in a few words: the heading. */
  text: string;
  /** Shell line with `{{ CEL }}`; values are shell-quoted where they are inserted. */
  command: string;
  caution?: string;
  /** CEL over `findings` and `labels`; absent: always shown. */
  when?: string;
};

/** What to decide or do, for people. */
export type ResponseStep = {
  text: string;
  /** Shown only when an alert of the incident matches all of these. */
  when?: Matcher[];
};

/** What several of its alerts are called in a title: `12 agents down` while they fire, `12 agents` when it is over. */
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
  /** What it costs while it lasts, in one sentence. */
  impact: string;
  /** Absent: they are counted as alerts. */
  countedAs?: CountedAs;
  /** Labels that its alerts carry beside alertname and severity; templates may use these and no others. */
  labels: string[];
  groupBy: string[];
  /** Earlier group_by lists, whose incidents ingest still finds. */
  previousGroupBy: string[][];
  reopenWindow: Millis;
  staleAfter: Millis;
  promotions: Promotion[];
  /** Name of a policy in escalation.yaml. */
  escalation: string;
  diagnostics: Step[];
  /** Of each of its diagnostics, by id. */
  stepScopes: Record<string, StepScope>;
  /** Ids of the diagnostics that are run again when it resolved. */
  verification: string[];
  commands: Command[];
  /** In the order in which people should go through them. */
  response: ResponseStep[];
  url?: string;
  /** Set where it stands in for an alert's own runbook, of which it knows nothing. */
  isDefault?: true;
};

/** A person or group that can be told. */
export type Person = { name: string; slack?: string; email?: string[] };

/** Somebody whom tiers can call: a person or group, or whoever of a rotation is on call then. */
export type Contact = Person | { name: string; rotation: Rotation };

/** A place in routing.yaml. Conditions that are given must all hold. */
export type Route = {
  severity?: Severity[];
  category?: string[];
  /** Slack channel name with `#`. */
  slack?: string;
  /** Addresses, and names of variables that hold lists of them. */
  email?: string[];
  /** `channel` adds @channel to notices that interrupt. */
  mention?: 'channel';
};

/** What a source's sign of life is, and after how long without one it counts as missing. */
export type HeartbeatRule = {
  /** The alert that always fires. */
  alertname: string;
  interval: Millis;
  /** False: the alert is no sign of anything, and still makes no incident. */
  watch: boolean;
};

/** runbooks/heartbeat.yaml, and the runbook of the incident that a missing sign opens. */
export type HeartbeatRules = {
  defaultRule: HeartbeatRule;
  /** By source, for sources that differ. */
  sources: Record<string, HeartbeatRule>;
  runbook?: Runbook;
};

/** Everything users edit under runbooks/, compiled at build time into one value. */
export type RunbookCatalog = {
  /** Hash of the sources, for history: which runbook text was in force. */
  revision: string;
  runbooks: Record<string, Runbook>;
  /** For alertnames without a runbook. */
  defaultRunbook: Runbook;
  /** Label values that stand for a severity, lower case and without `-` and `_`: `page` → critical. */
  severityAliases: Record<string, Severity>;
  /** What any other value means where the alertname has no runbook; absent: warning. */
  unknownSeverity?: Severity;
  routes: Route[];
  /** The categories that runbooks have, sorted. */
  categories: string[];
  /** The variables with addresses that routes name, in the order of the routes. */
  mailLists: string[];
  /** New incidents a minute and place from which on those that are not critical share a digest; absent: 20. */
  stormAfter?: number;
  escalation: Record<string, Record<Severity, EscalationPolicy>>;
  /** Contacts told at each tier: '1', '2', '3'. */
  tierContacts: Record<'1' | '2' | '3', string[]>;
  contacts: Record<string, Contact>;
  heartbeat: HeartbeatRules;
  /** The runbook of the incident that a payload over the limit opens. */
  payloadTooLarge?: Runbook;
};
/** People who take turns, as contacts.yaml says. */
export type Rotation = {
  /** Names of contacts, in the order in which they take over; at least one. */
  who: string[];
  /** When the first of them takes over. */
  start: LocalTime;
  /** How long each stays. */
  days: number;
  /** IANA name; handovers keep their local time in it. */
  timeZone: string;
  /** Who stands in, from `from` until just before `until`. Of those that overlap the later one in the list holds. */
  overrides: { who: string; from: Millis; until: Millis }[];
};
