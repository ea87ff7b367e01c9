import type { Incident, TruncatedGroup, UnfinishedIntake } from '../../core/incident/incident.ts';
import { findUnfinished, type IntakeProgress } from '../../core/incident/intake-progress.ts';
import { isOnlyGrafanas } from '../../core/incident/status.ts';
import { MINUTE, type Millis } from '../../core/shared/time.ts';

/** What truncated webhooks of one source and receiver may have cut off. */
export type CutOff = {
  source: string;
  externalURL: string;
  receiver: string;
  groups: Map<string, TruncatedGroup>;
  /** The place in the list that an earlier tick has come to. */
  next: string;
};

/** What is to be taken in within one tick, for which incidents, and how far it came. */
export type CutOffLedger = {
  /** Alertmanager is asked for an incident because its webhooks were truncated. */
  note(incident: Incident): void;
  list(now: Millis): CutOff[];
  /** Whether an incident finds what was cut off of it in its own answer. */
  isAsked(key: string, receiver: string): boolean;
  record(cutOff: CutOff, progress: IntakeProgress): void;
  /** What was not taken in, for an incident that was noted. */
  unfinishedFor(incident: Incident): UnfinishedIntake | undefined;
};

export function createCutOffLedger(): CutOffLedger {
  const cutOffs = new Map<string, CutOff>();
  const progress = new Map<string, IntakeProgress>();
  const asked = new Set<string>();

  return {
    note(incident) {
      if (isOnlyGrafanas(incident)) return;
      const { key, source, externalURL, truncation } = incident;
      for (const group of truncation?.groups ?? []) {
        const { receiver } = group;
        if (receiver === undefined) continue;
        asked.add(toName(key, receiver));
        const name = toName(source, receiver);
        const known = cutOffs.get(name) ?? { source, externalURL, receiver, groups: new Map(), next: '' };
        known.groups.set(group.id, group);
        const next = truncation?.unfinished?.next ?? '';
        if (next > known.next) known.next = next;
        cutOffs.set(name, known);
      }
    },
    list: (now) => startElsewhere([...cutOffs.values()], now),
    isAsked: (key, receiver) => asked.has(toName(key, receiver)),
    record({ source, receiver }, made) {
      progress.set(toName(source, receiver), made);
    },
    unfinishedFor({ source, truncation }) {
      const receivers = new Set(truncation?.groups.flatMap(({ receiver }) => receiver ?? []));
      const left = [...receivers].flatMap((receiver) => {
        const made = progress.get(toName(source, receiver));
        return (made && findUnfinished(truncation?.unfinished, made)) ?? [];
      });
      return left.toSorted((a, b) => (a.next < b.next ? -1 : 1))[0];
    },
  };
}

function toName(of: string, receiver: string): string {
  return JSON.stringify([of, receiver]);
}

/** All share one budget, so that another one is first in each minute. */
function startElsewhere<T>(all: T[], now: Millis): T[] {
  const start = all.length === 0 ? 0 : Math.floor(now / MINUTE) % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}
