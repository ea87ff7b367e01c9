import type { SilenceOutcome, SilenceRequest, Silencer } from '../../../lib/core/incident/silencer.ts';

export type MemorySilencer = Silencer & {
  /** Active silences, in Alertmanager's form. */
  readonly silences: (SilenceRequest & { id: string; source: string })[];
  /** Why the next calls fail; undefined: they succeed. */
  down: string | undefined;
};

/** An Alertmanager that accepts silences: one for an incident and its matchers, extended on request. */
export function createMemorySilencer(): MemorySilencer {
  const silences: MemorySilencer['silences'] = [];
  return {
    silences,
    down: undefined,
    async silence(source, request): Promise<SilenceOutcome> {
      if (this.down !== undefined) return { kind: 'failed', reason: this.down };
      const known = silences.find(
        (each) =>
          each.incidentId === request.incidentId &&
          JSON.stringify(each.matchers) === JSON.stringify(request.matchers) &&
          each.until > request.now,
      );
      if (known === undefined) {
        const id = `silence-${silences.length + 1}`;
        silences.push({ ...request, id, source });
        return { kind: 'created', id, until: request.until };
      }
      if (known.until >= request.until - 60_000) {
        return { kind: 'existing', id: known.id, until: known.until, by: known.by };
      }
      Object.assign(known, { until: request.until, by: request.by });
      return { kind: 'extended', id: known.id, until: request.until };
    },
  };
}
