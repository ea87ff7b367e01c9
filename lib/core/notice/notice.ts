import type { ComparedFinding, Progress } from '../diagnosis/findings/compare-diagnoses.ts';
import type { DiagnosisContext } from '../diagnosis/findings/context.ts';
import type { FilledCommand, Finding } from '../diagnosis/findings/finding.ts';
import type { NoticeReason } from '../incident/effect.ts';
import type { Tier } from '../runbook/policy.ts';
import type { CountedAs } from '../runbook/runbook.ts';
import type { Severity } from '../shared/severity.ts';
import type { Millis } from '../shared/time.ts';

/** `asOf` is the version of the incident that the notice shows: a press speaks of that one (docs/rules.md#rule-3). */
export type NoticeButtons = { asOf: number; acknowledge: boolean; silence: boolean };

/**
 * What people are told about an incident at one moment, channel-neutral. All strings are raw text:
 * each channel escapes for itself, once.
 */
export type Notice = {
  incidentId: string;
  seq: number;
  reason: NoticeReason;
  ping: boolean;
  /** The moment the notice speaks of; ages are counted up to it. */
  at: Millis;
  state: 'firing' | 'resolved';
  severity: Severity;
  /** While it fires: severities as alerts say them that severities.yaml does not know, and what each is taken for. */
  unknownSeverities?: { written: string; takenFor: Severity }[];
  alertname: string;
  source: string;
  /** Grouping labels beyond alertname. */
  group: Record<string, string>;
  openedAt: Millis;
  /** While it fires: since when by the sender's clock, where that is notably longer than we know of it. */
  firingSince?: Millis;
  resolvedAt?: Millis;
  resolvedBy?: string;
  /** What the alert means and what it costs. */
  summary: string;
  impact: string;
  /** What several of its alerts are called in a title; absent: alerts. */
  countedAs?: CountedAs;
  alerts: {
    firing: number;
    total: number;
    /** How many of the total Alertmanager cut off, 0 when nobody can say; then both counts are lower bounds. */
    cutOff?: number;
    /** Alertmanager has answered since: those of them that it lists as active are among the alerts. */
    cutOffListed?: true;
    /** Labels that all share that fire, or once it is over all of them, beyond the grouping ones. */
    common: Record<string, string>;
    /** One line each: the labels that tell this alert from its neighbours, and its summary annotation. */
    shown: { labels: Record<string, string>; text: string; firing: boolean; startsAt: Millis }[];
    omitted: number;
  };
  findings: Finding[];
  /** When that was found, and what is in `around` read. */
  diagnosedAt?: Millis;
  /** Why nothing was checked, or not everything, when that is so. */
  notDiagnosed?: string;
  commands: FilledCommand[];
  response: string[];
  /** While it fires: what changed since the look before the one made for this notice. */
  progress?: Progress;
  /** On resolve: each finding that needed attention while it fired, beside what verification found. */
  comparison: ComparedFinding[];
  /** Its last episode, and what else is open at the source, as known with the findings. */
  around: DiagnosisContext;
  acknowledged?: { by: string; at: Millis; note?: string };
  /** While it fires: a silence in Alertmanager that still lasts. */
  silenced?: { by: string; until: Millis };
  /** What a press of a button may do now; absent where no button works. */
  buttons?: NoticeButtons;
  unverified?: string;
  /** Where it could not be told, and why: one sentence each. */
  channelFailures?: string[];
  flapping: boolean;
  /** The sentence of the effect that caused this notice. */
  happened: string;
  tier: Tier;
  /** The people told, as `Ana (on-call, L1)`, and when the next thing happens. */
  notified: { names: string[]; acknowledgeBy?: Millis; next?: { tier: Tier; at: Millis } };
  links: { prometheus?: string; alertmanager?: string; incident?: string; runbook?: string };
};

/** A Slack message, rendered; `blocks` are Block Kit objects, `text` the notification preview. */
export type SlackMessage = { text: string; blocks: Record<string, unknown>[] };

/** One mail, rendered. Message-ID and References keep an incident one conversation in mail clients. */
export type MailMessage = {
  to: string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
  inReplyTo?: string;
  references?: string[];
  /** Further headers: what mail rules and mail clients go by. Each value is one line. */
  headers?: Record<string, string>;
  /** What the HTML shows as `cid:` and the content id. */
  pictures?: MailPicture[];
};

/** A PNG that travels within the mail. */
export type MailPicture = { contentId: string; fileName: string; png: Uint8Array };
