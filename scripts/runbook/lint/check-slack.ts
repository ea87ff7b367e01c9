import {
  renderSlackDetails,
  renderSlackReply,
  renderSlackRoot,
  renderSlackWebhook,
} from '../../../lib/channels/slack/render/message.ts';
import type { SlackMessage } from '../../../lib/channels/slack/slack-client.ts';
import { cleanSentence } from '../../../lib/core/diagnosis/findings/clean-cell.ts';
import type { Notice } from '../../../lib/core/notice/notice.ts';
import type { Runbook, RunbookCatalog } from '../../../lib/core/runbook/runbook.ts';
import type { ReadYaml, Report } from '../check/read-yaml.ts';
import { longestCommand, shortestSentence } from './longest-diagnosis.ts';
import { longestNotices } from './longest-notices.ts';
import { isShown, shownText } from './shown-text.ts';
import { refusal } from './slack-refusal.ts';

const MENTIONS = ['<!channel>', '<!subteam^S0123456789>'];

/**
 * Renders notices with every check needing attention at its longest, through the renderers that are deployed. Slack
 * must accept them, and nothing that matters may be cut off.
 */
export function checkSlack(catalog: RunbookCatalog, { value: runbook, report }: ReadYaml<Runbook>): void {
  const notices = longestNotices(catalog, runbook);
  for (const notice of notices) {
    const why = refusal([
      renderSlackRoot(notice, MENTIONS),
      ...detailsOf(notice),
      renderSlackReply(notice, MENTIONS),
      renderSlackWebhook(notice, MENTIONS),
    ]);
    if (why !== undefined) report('slack', [], `Slack would refuse the ${notice.reason} notice: ${why}`);
  }
  const opened = notices.find(({ reason }) => reason === 'opened');
  if (!opened) return;
  checkHead(runbook, opened, report);
  checkSentences(runbook, report);
  checkCommands(runbook, opened, report);
  checkResponse(runbook, opened, report);
}

/** The message under the first one, if the first leaves something out. */
function detailsOf(notice: Notice): SlackMessage[] {
  const details = renderSlackDetails(notice);
  return details === undefined ? [] : [details];
}

/** The first lines on a phone: the title, its meaning, its impact. */
function checkHead(runbook: Runbook, opened: Notice, report: Report): void {
  const [header = ''] = shownText(renderSlackRoot(opened, [])).split('\n');
  if (!isShown(opened.alertname, header)) {
    report('slack', ['alertname'], 'too long for a title: Slack would cut it off');
  }
  const root = shownText(renderSlackRoot({ ...opened, findings: [], commands: [], response: [] }, []));
  for (const [key, sentence] of [
    ['summary', 'too long: Slack would cut it off'],
    ['impact', 'too long: behind the summary, Slack would cut it off'],
  ] as const) {
    if (!isShown(runbook[key], root)) report('slack', [key], sentence);
  }
}

function checkSentences({ diagnostics }: Runbook, report: Report): void {
  for (const [i, step] of diagnostics.entries()) {
    for (const key of ['sentence', 'normal'] as const) {
      const sentence = shortestSentence(step[key] ?? '');
      if (!cleanSentence(sentence).endsWith('…') || sentence.endsWith('…')) continue;
      const length = `${sentence.length} characters at the least`;
      report('slack', ['diagnostics', i, key], `too long: the finding would be cut off (${length})`);
    }
  }
}

/** Each command can be copied whole from the message or the thread under it, however many findings there are. */
function checkCommands({ commands }: Runbook, opened: Notice, report: Report): void {
  const everything = [renderSlackRoot(opened, []), ...detailsOf(opened)].map(shownText).join('\n');
  for (const [i, written] of commands.entries()) {
    const filled = longestCommand(written);
    const alone = { ...opened, findings: [], response: [], commands: [filled] };
    if (!isShown(filled.command, shownText(renderSlackRoot(alone, [])))) {
      const length = `${filled.command.length} characters when it is filled`;
      report('slack', ['commands', i, 'command'], `too long for Slack to show it whole (${length})`);
    } else if (!isShown(filled.command, everything)) {
      report('slack', ['commands', i], 'there would be no room in Slack for this command');
    }
  }
}

function checkResponse({ response }: Runbook, opened: Notice, report: Report): void {
  const texts = response.map(({ text }) => text);
  const alone = { ...opened, findings: [], commands: [], response: texts };
  const shown = [renderSlackRoot(alone, []), ...detailsOf(alone)].map(shownText).join('\n');
  for (const [i, text] of texts.entries()) {
    if (!isShown(text, shown))
      report('slack', ['response', i], 'there would be no room in Slack for all of this');
  }
}
