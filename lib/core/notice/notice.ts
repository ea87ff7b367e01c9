import type { ComparedFinding, Progress } from '../diagnosis/findings/compare-diagnoses.ts';
import type { DiagnosisContext } from '../diagnosis/findings/context.ts';
import type { FilledCommand, Finding } from '../diagnosis/findings/finding.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Tier } from '../runbook/policy.ts';
import type { CountedAs } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';

/**
 * `asOf` is the version of the incident that the notice shows and a Slack action refers to
 * (docs/rules.md#rule-3).
 */
export type NoticeButtons = { asOf: number; acknowledge: boolean; silence: boolean };

export type ShownAlert = {
  /** The labels that set this alert apart, without alertname and severity. */
  labels: Record<string, string>;
  severity: Severity;
  /** Its summary annotation. */
  text: string;
  /** Its description annotation, if that says more. */
  description?: string;
  firing: boolean;
  startsAt: Millis;
};

/**
 * The facts that people receive about an incident at one moment, for any channel. All strings are raw text;
 * each channel escapes them once.
 */
export type Notice = {
  incidentId: string;
  seq: number;
  reason: NoticeReason;
  ping: boolean;
  /** The moment that the notice describes; ages are counted up to it. */
  at: Millis;
  state: 'firing' | 'resolved';
  severity: Severity;
  /**
   * While it fires: severity labels that severities.yaml does not know, and the severity assumed for each.
   */
  unknownSeverities?: { written: string; takenFor: Severity }[];
  alertname: string;
  source: string;
  /** Grouping labels other than alertname. */
  group: Record<string, string>;
  openedAt: Millis;
  /** While it fires: its start by the sender's clock, if notably earlier than `openedAt`. */
  firingSince?: Millis;
  resolvedAt?: Millis;
  resolvedBy?: string;
  /** What the alert means, and its impact. */
  summary: string;
  impact: string;
  /** While it fires although nobody knows whether its condition holds: why. */
  missingData?: string;
  /** The plural noun for its alerts in a title; absent: alerts. */
  countedAs?: CountedAs;
  alerts: {
    firing: number;
    total: number;
    /** How many of the total Alertmanager cut off, 0 if unknown; both counts are then lower bounds. */
    cutOff?: number;
    /** Alertmanager has answered since; the alerts it lists as active are among `alerts`. */
    cutOffListed?: true;
    /**
     * Labels, beyond the grouping ones, that all firing alerts share; after the resolve, that all alerts
     * share.
     */
    common: Record<string, string>;
    /** One for each row. */
    shown: ShownAlert[];
    omitted: number;
  };
  findings: Finding[];
  /** When the findings were made and `around` was read. */
  diagnosedAt?: Millis;
  /** Why not everything was checked. */
  notDiagnosed?: string;
  commands: FilledCommand[];
  response: string[];
  /** While it fires: changes between the previous diagnosis and the one for this notice. */
  progress?: Progress;
  /** On resolve: each finding that needed attention while it fired, next to the verification's finding. */
  comparison: ComparedFinding[];
  /** The previous episode and other open incidents of the source, as of `diagnosedAt`. */
  around: DiagnosisContext;
  acknowledged?: { by: string; at: Millis; note?: string };
  /** While it fires: an active silence in Alertmanager. */
  silenced?: { by: string; until: Millis };
  /** Which Slack actions are possible; absent where none are. */
  buttons?: NoticeButtons;
  unverified?: string;
  /** Destinations that failed, and why: one sentence each. */
  channelFailures?: string[];
  /** Comes and goes, so that neither is told (docs/rules.md#rule-6). A "resolved" of it is no end. */
  flapping: boolean;
  /** This notice says that the flapping is over, and how often the incident had fired again. */
  flappingOver?: { reopens: number };
  /** The sentence of the effect that caused this notice. */
  happened: string;
  tier: Tier;
  /** The people notified, as `Ana (on-call, L1)`, and when the next step follows. */
  notified: { names: string[]; acknowledgeBy?: Millis; next?: { tier: Tier; at: Millis } };
  /** `others` are named by where they lead; each address appears once. */
  links: {
    prometheus?: string;
    alertmanager?: string;
    incident?: string;
    runbook?: string;
    others: { name: string; url: string }[];
  };
};
