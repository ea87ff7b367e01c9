import type { Incident } from '../incident/incident.ts';
import { isFiring } from '../incident/status.ts';
import { formatDuration } from '../notice/document/format-time.ts';
import { escapeMarkup } from '../notice/email/email-markup.ts';
import { renderPlainMail } from '../notice/email/email-message.ts';
import type { MailMessage, SlackMessage } from '../notice/notice.ts';
import { renderLine, toMrkdwnObject } from '../notice/slack/slack-mrkdwn.ts';
import { clip, toOneLine } from '../shared/plain-text.ts';
import { formatUtc } from '../shared/time.ts';
import { getEnd } from './maintenance.ts';
import type { Maintenance } from './maintenance-store.ts';

/** Incidents of each kind that are named; the others are counted. Nobody reads more at night. */
const MAX_NAMED = 15;
/** A Slack section holds 3,000 characters: 15 lines, the heading and the count of the rest fit easily. */
const MAX_LINE = 170;
const MAX_SUBJECT = 180;

/**
 * Incidents that fired during a maintenance, and those that still fire: counts for the heading and two lists,
 * as raw text.
 */
export type MaintenanceSummary = { counts: string; about: string; stillFiring: string[]; over: string[] };

export function summarizeMaintenance(maintenance: Maintenance, incidents: Incident[]): MaintenanceSummary {
  const firing = incidents.filter(isFiring);
  const over = incidents.filter((incident) => !isFiring(incident));
  const { from, by, reason } = maintenance;
  return {
    counts: `${incidents.length} fired meanwhile, ${firing.length} still ${firing.length === 1 ? 'fires' : 'fire'}`,
    about: `${reason} - ${by}, from ${formatUtc(from)} to ${formatUtc(getEnd(maintenance))}. Nobody was notified of these:`,
    stillFiring: listNamed(firing, (incident) => `fires since ${formatUtc(incident.openedAt)}, notified now`),
    over: listNamed(
      over,
      (incident) =>
        `was over after ${formatDuration((incident.resolvedAt ?? incident.lastSeenAt) - incident.openedAt)}`,
    ),
  };
}

export function renderSummaryToSlack({ counts, about, stillFiring, over }: MaintenanceSummary): SlackMessage {
  const heading = formatHeading(counts);
  const lists = [
    ...(stillFiring.length === 0 ? [] : [['Still firing', ...stillFiring]]),
    ...(over.length === 0 ? [] : [['Over by itself', ...over]]),
  ];
  const sections = [[heading, about], ...lists].map(renderSection);
  return { text: clip(toOneLine(heading), MAX_LINE), blocks: sections };
}

export function renderSummaryToMail(
  summary: MaintenanceSummary,
  envelope: { to: string[]; domain: string; id: string },
): MailMessage {
  const { counts, about, stillFiring, over } = summary;
  const heading = formatHeading(counts);
  const lists = [
    ...(stillFiring.length === 0 ? [] : [{ title: 'Still firing', lines: stillFiring }]),
    ...(over.length === 0 ? [] : [{ title: 'Over by itself', lines: over }]),
  ];
  const paragraphs = lists.map(
    ({ title, lines }) =>
      escapeMarkup`<p style="font-family:sans-serif"><b>${title}</b></p><ul style="font-family:sans-serif">${lines.map((line) => escapeMarkup`<li>${line}</li>`)}</ul>`,
  );
  return {
    to: envelope.to,
    subject: clip(toOneLine(`[MAINTENANCE OVER] ${counts}`), MAX_SUBJECT),
    text: [
      heading,
      about,
      ...lists.flatMap(({ title, lines }) => ['', `${title}:`, ...lines.map((line) => `- ${line}`)]),
    ].join('\n'),
    html: escapeMarkup`<p style="font-family:sans-serif"><b>${heading}</b></p><p style="font-family:sans-serif">${about}</p>${paragraphs}`
      .html,
    messageId: createMessageId(envelope),
  };
}

/** For a summary that cannot be rendered: the maintenance, the muted incidents and the failure. */
export function renderPlainSummaryToSlack(id: string, incidents: Incident[], why: string): string[] {
  const named = incidents.slice(0, MAX_NAMED).map((incident) => {
    const words = [incident.severity, incident.alertname, incident.id];
    return clip(toOneLine(words.join(' ')), MAX_LINE);
  });
  const more = incidents.length - named.length;
  return [
    `Maintenance ${id} is over: ${incidents.length} incidents notified nobody`,
    ...named,
    ...(more > 0 ? [`and ${more} more`] : []),
    `This summary could not be written out in full: ${why}`,
  ];
}

export function renderPlainSummaryToMail(
  lines: string[],
  envelope: { to: string[]; domain: string; id: string },
): MailMessage {
  const { to } = envelope;
  return {
    to,
    subject: '[MAINTENANCE OVER]',
    ...renderPlainMail(lines),
    messageId: createMessageId(envelope),
  };
}

function createMessageId({ id, domain }: { domain: string; id: string }): string {
  return `<maintenance.${id}@${domain}>`;
}

function formatHeading(counts: string): string {
  return `Maintenance over: ${counts}`;
}

function renderSection([title = '', ...lines]: string[]): Record<string, unknown> {
  const text = [
    renderLine([{ bold: title }], MAX_LINE),
    ...lines.map((line) => renderLine([line], MAX_LINE)),
  ];
  return { type: 'section', text: toMrkdwnObject(text.join('\n')) };
}

/** The most severe first, then the oldest. */
function listNamed(incidents: Incident[], describe: (incident: Incident) => string): string[] {
  const rank = { critical: 0, warning: 1, info: 2 };
  const sorted = incidents.toSorted((a, b) => rank[a.severity] - rank[b.severity] || a.openedAt - b.openedAt);
  const shown = sorted.slice(0, MAX_NAMED).map((incident) => {
    const group = Object.entries(incident.group).flatMap(([name, value]) =>
      name === 'alertname' ? [] : [value],
    );
    const where = [incident.source, ...group].join(', ');
    return clip(
      toOneLine(`${incident.severity.toUpperCase()} ${incident.alertname} (${where}): ${describe(incident)}`),
      MAX_LINE,
    );
  });
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
