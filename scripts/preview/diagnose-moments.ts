import { runEffectDiagnosis } from '../../lib/core/diagnosis/diagnose-effect.ts';
import type { Diagnosis } from '../../lib/core/diagnosis/findings/finding.ts';
import type { Runbook } from '../../lib/core/runbook/runbook.ts';
import { DAY, MINUTE, SECOND } from '../../lib/core/shared/time.ts';
import type { Moment } from './moments.ts';
import type { TimelineItemBase } from './play-moments.ts';
import type { SampleWorld } from './sample-world.ts';

export type Worlds = { troubled: SampleWorld; calm: SampleWorld };

/** Time from the decision to the diagnosis of a notice. */
const LOOK_TOOK = 2 * SECOND;

/** For each moment the diagnoses made by then, oldest first. */
export async function diagnoseMoments(
  worlds: Worlds,
  runbook: Runbook,
  moments: Moment[],
): Promise<Map<Moment, Diagnosis[]>> {
  const made = new Map<string, Promise<Diagnosis>>();

  /** A firing incident is diagnosed twice, at its beginning and again; the sample world does not change in between. */
  function summary(notified: TimelineItemBase): Promise<Diagnosis> {
    const { incident, effect, details } = notified;
    const ended = incident.status === 'resolved';
    const kind = ended ? 'ended' : effect.reason === 'opened' ? 'first' : 'again';
    const key = `${kind} ${details.map(({ fingerprint }) => fingerprint).join(' ')}`;
    const known = made.get(key) ?? run(ended ? worlds.calm : worlds.troubled, runbook, notified);
    made.set(key, known);
    return known;
  }

  const pairs = await Promise.all(
    moments.map(async (moment): Promise<[Moment, Diagnosis[]]> => {
      const diagnosisSummaries = [...moment.before, moment.notified].filter(isChecked);
      return [
        moment,
        await Promise.all(
          diagnosisSummaries.map(async (notified) => asOf(notified, await summary(notified))),
        ),
      ];
    }),
  );
  return new Map(pairs);
}

/** diagnose-incident makes no diagnosis for silent changes. */
function isChecked({ effect }: TimelineItemBase): boolean {
  return effect.ping || effect.reason === 'resolved' || effect.reason === 'closed';
}

async function run(world: SampleWorld, runbook: Runbook, notified: TimelineItemBase): Promise<Diagnosis> {
  const { details: alerts, ...opened } = notified;
  const { probes, clock } = world;
  const diagnosis = await runEffectDiagnosis({ ...opened, runbook, alerts }, { probes, clock });
  return world.stable(diagnosis);
}

/** A diagnosis as if made for this notice, with the incident's context. */
function asOf({ effect, incident, at }: TimelineItemBase, diagnosis: Diagnosis): Diagnosis {
  const { openedAt } = incident;
  const [finding] = diagnosis.findings;
  return {
    ...diagnosis,
    id: effect.id,
    seq: effect.seq,
    incidentId: incident.id,
    startedAt: at + SECOND,
    finishedAt: at + LOOK_TOOK,
    previousEpisode: {
      incidentId: `${incident.key}.000000`,
      openedAt: openedAt - 3 * DAY,
      resolvedAt: openedAt - 3 * DAY + 22 * MINUTE,
      acknowledgedBy: 'Ana',
      findings:
        finding?.verdict === 'attention'
          ? [{ stepId: finding.stepId, title: finding.title, sentence: finding.sentence }]
          : [],
      recent: { count: 2, atLeast: false },
    },
    otherIncidents: {
      incidents: [
        {
          id: 'also-open.000001',
          alertname: 'VectorSearchCriticalLatency',
          group: {},
          severity: 'critical',
          openedAt: openedAt - 2 * MINUTE,
        },
      ],
      more: 0,
      atLeast: false,
    },
  };
}
