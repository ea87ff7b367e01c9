import type { Alert } from '../../../lib/core/alert/alert.ts';
import type { Diagnosis } from '../../../lib/core/diagnosis/findings/finding.ts';
import { groupAlerts } from '../../../lib/core/grouping/group-alerts.ts';
import type { Effect } from '../../../lib/core/incident/effect-schema.ts';
import type { Incident } from '../../../lib/core/incident/incident.ts';
import { type Transition, transition } from '../../../lib/core/incident/state-machine/transition.ts';
import { chooseAmong } from '../../../lib/core/notice/choose-diagnoses.ts';
import { composeNotice } from '../../../lib/core/notice/compose.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { listRecipients } from '../../../lib/core/routing/recipients.ts';
import { findPolicy } from '../../../lib/core/runbook/find-runbook.ts';
import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import { HOUR, type Millis } from '../../../lib/core/shared/time.ts';
import { firingAlert, labelsFor } from '../command/open-incident.ts';
import { longestDiagnosis } from './longest-diagnosis.ts';

const OPENED = Date.UTC(2026, 0, 1);
/** After the last tier of any realistic policy. */
const LATE = OPENED + 12 * HOUR;
const URL = `http://monitoring.example/${'x'.repeat(200)}`;

/** The notices of an incident of one alert that opens, escalates and resolves, each at its longest. */
export function longestNotices(catalog: RunbookCatalog, runbook: Runbook): Notice[] {
  const { alertname } = runbook;
  // The default runbook is checked under a name that no alert has.
  const known = { ...catalog, runbooks: { ...catalog.runbooks, [alertname]: runbook } };
  const alert = { ...firingAlert('prod', labelsFor(runbook, {}).labels, OPENED), generatorURL: URL };
  const policy = findPolicy(known, alertname);
  const opened = observe(known, undefined, alert, OPENED);
  const escalated = opened.incident
    ? transition(opened.incident, { type: 'tick', unverified: 'no answer within 4 s' }, LATE, policy)
    : opened;
  const resolved = observe(known, escalated.incident, { ...alert, status: 'resolved', endsAt: LATE }, LATE);
  return [opened, escalated, resolved].flatMap(({ incident, effects }) =>
    incident ? effects.map((effect) => longestNotice(known, runbook, { incident, effect, alert })) : [],
  );
}

function observe(
  catalog: RunbookCatalog,
  incident: Incident | undefined,
  alert: Alert,
  now: Millis,
): Transition {
  const [entry] = groupAlerts(catalog, [alert], { externalURL: URL });
  if (!entry) return { incident, effects: [], outcome: 'unchanged', changed: false };
  const event = { type: 'received', identity: entry.identity, alerts: entry.alerts } as const;
  return transition(incident, event, now, findPolicy(catalog, entry.identity.alertname));
}

function longestNotice(
  catalog: RunbookCatalog,
  runbook: Runbook,
  { incident, effect, alert }: { incident: Incident; effect: Effect; alert: Alert },
): Notice {
  const diagnosis = longestDiagnosis(runbook, effect, incident.id);
  const diagnosisSummaries =
    effect.reason === 'opened' ? [diagnosis] : [diagnosisBefore(diagnosis), diagnosis];
  return composeNotice({
    incident,
    details: [{ ...alert, annotations: { summary: 'a summary of the alert '.repeat(10) } }],
    // Parts for some alerts only are shown for this one.
    runbook: { ...runbook, response: runbook.response.map(({ text }) => ({ text })) },
    ...chooseAmong(incident, diagnosisSummaries, effect),
    cause: effect,
    notified: listRecipients(catalog, incident),
    publicUrl: URL,
    now: effect.at,
  });
}

/** The same findings with other texts, so that all of them have changed since. */
function diagnosisBefore(diagnosis: Diagnosis): Diagnosis {
  const { id, seq, startedAt, finishedAt, findings } = diagnosis;
  return {
    ...diagnosis,
    id: `${id}-before`,
    seq: seq - 1,
    startedAt: startedAt - HOUR,
    finishedAt: finishedAt - HOUR,
    findings: findings.map((finding) => ({ ...finding, sentence: `Before ${finding.sentence}` })),
  };
}
