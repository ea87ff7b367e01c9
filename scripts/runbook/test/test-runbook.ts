import { renderSlackDetails, renderSlackRoot } from '../../../lib/channels/slack/render/message.ts';
import { SLACK } from '../../../lib/channels/slack/routes.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import { runEffectDiagnosis } from '../../../lib/core/diagnosis/diagnose-effect.ts';
import type { Diagnosis, Finding } from '../../../lib/core/diagnosis/findings/finding.ts';
import { redactDiagnosis } from '../../../lib/core/history/redact-record.ts';
import { composeNotice } from '../../../lib/core/notice/compose.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import { redactNotice } from '../../../lib/core/notice/redact-notice.ts';
import type { ChannelRoutes } from '../../../lib/core/routing/channel-routes.ts';
import { listRecipients } from '../../../lib/core/routing/recipients.ts';
import { routeNotice, toRoutedNotice } from '../../../lib/core/routing/route-notice.ts';
import type { Target } from '../../../lib/core/routing/target.ts';
import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { OpenedIncident } from '../command/open-incident.ts';

export type TestInput = {
  catalog: RunbookCatalog;
  runbook: Runbook;
  opened: OpenedIncident;
  channels: readonly ChannelRoutes[];
  onFinding: (finding: Finding) => void;
  environment: NodeJS.ProcessEnv;
};

export type TestResult = {
  diagnosis: Diagnosis;
  notice: Notice;
  targets: Target[];
  /** The loudest of the notified channels, and its message; no thread when the root has room for everything. */
  channel: string;
  slack: { root: SlackMessage; thread?: SlackMessage };
};

/** Diagnoses an incident with `environment`'s servers, and composes its first notice. Throws a ConfigurationError. */
export async function testRunbook(input: TestInput): Promise<TestResult> {
  const { catalog, runbook, opened, channels, onFinding, environment } = input;
  const { incident, effect, details } = opened;
  // Only here, because it needs the result of the build, and nothing else of this command does.
  const { wireProbes } = await import('../../../lib/wiring.ts');
  const { probes, clock } = await wireProbes(environment);
  const request = { incident, effect, runbook, alerts: details };
  const diagnosis = await runEffectDiagnosis(request, { probes, clock, onFinding });
  const composed = composeNotice({
    incident,
    details,
    runbook,
    diagnosis,
    cause: effect,
    notified: listRecipients(catalog, incident),
    now: clock.now(),
  });
  const notice = redactNotice(composed);
  const targets = routeNotice(catalog, channels, {
    ...toRoutedNotice(catalog, incident, effect),
    tierPages: [],
  });
  const { to, mentions } = loudest(targets);
  const thread = renderSlackDetails(notice);
  return {
    diagnosis: redactDiagnosis(diagnosis),
    notice,
    targets,
    channel: to,
    slack: { root: renderSlackRoot(notice, mentions), thread },
  };
}

function loudest(targets: Target[]): { to: string; mentions: string[] } {
  const found = targets.flatMap(({ channel, to, mentions = [] }) =>
    channel === SLACK ? [{ to: String(to), mentions }] : [],
  );
  return found.toSorted((a, b) => b.mentions.length - a.mentions.length)[0] ?? { to: '', mentions: [] };
}
