import {
  formatSummaryHeading,
  listSummaryLists,
  type MaintenanceSummary,
} from '../../../core/maintenance/summarize-maintenance.ts';
import { clip, toOneLine } from '../../../core/shared/plain-text.ts';
import type { SlackMessage } from '../slack-client.ts';
import { renderLine, toMrkdwnObject } from './mrkdwn.ts';

/** A section holds 3,000 characters: 15 lines, the heading and the count of the rest fit easily. */
const MAX_LINE = 170;

export function renderSlackSummary(summary: MaintenanceSummary): SlackMessage {
  const heading = formatSummaryHeading(summary);
  const sections = [{ title: heading, lines: [summary.about] }, ...listSummaryLists(summary)];
  return { text: clip(toOneLine(heading), MAX_LINE), blocks: sections.map(renderSection) };
}

function renderSection({ title, lines }: { title: string; lines: string[] }): Record<string, unknown> {
  const text = [
    renderLine([{ bold: title }], MAX_LINE),
    ...lines.map((line) => renderLine([line], MAX_LINE)),
  ];
  return { type: 'section', text: toMrkdwnObject(text.join('\n')) };
}
