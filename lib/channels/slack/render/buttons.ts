import type { Notice } from '../../../core/notice/notice.ts';
import { HOUR, type Millis } from '../../../core/shared/time.ts';
import { toPlainTextObject } from './mrkdwn.ts';

/** Slack actions; `runbook` is a link, which Slack reports all the same. */
export const actionIds = ['acknowledge', 'resolve', 'silence', 'runbook'] as const;

/** Lengths of a silence, by the word in the menu's values. */
export const silenceLengths: Readonly<Record<string, { label: string; length: Millis }>> = {
  '1h': { label: '1 hour', length: HOUR },
  '4h': { label: '4 hours', length: 4 * HOUR },
  '1d': { label: '1 day', length: 24 * HOUR },
};

/** Slack's limits: https://docs.slack.dev/reference/block-kit/block-elements */
const MAX_LABEL = 75;
const MAX_VALUE = 75;
const MAX_URL = 3000;

/**
 * The actions block of a root message, empty where no button works. Values carry the incident and the shown
 * version, so that an action refers to what the person saw. The block's id changes with the version, which
 * makes Slack reset the menu.
 */
export function renderButtons(notice: Notice): Record<string, unknown>[] {
  const { buttons, incidentId, links } = notice;
  if (buttons === undefined) return [];
  const value = `${buttons.asOf} ${incidentId}`;
  // None of our incident ids is this long; a message without buttons is better than none.
  if (`1h ${value}`.length > MAX_VALUE) return [];

  const elements = [
    ...(buttons.acknowledge ? [button('acknowledge', 'Acknowledge', value, 'primary')] : []),
    ...(buttons.silence ? [silenceMenu(value)] : []),
    button('resolve', 'Resolve', value),
    ...(links.runbook !== undefined && links.runbook.length <= MAX_URL ? [runbookLink(links.runbook)] : []),
  ];
  return [{ type: 'actions', block_id: `incident-${buttons.asOf}`, elements }];
}

function button(
  action: (typeof actionIds)[number],
  label: string,
  value: string,
  style?: 'primary',
): Record<string, unknown> {
  const text = toPlainTextObject(label, MAX_LABEL);
  return { type: 'button', action_id: action, text, value, style };
}

function silenceMenu(value: string): Record<string, unknown> {
  return {
    type: 'static_select',
    action_id: 'silence',
    placeholder: toPlainTextObject('Silence', MAX_LABEL),
    options: Object.entries(silenceLengths).map(([word, { label }]) => ({
      text: toPlainTextObject(label, MAX_LABEL),
      value: `${word} ${value}`,
    })),
  };
}

function runbookLink(url: string): Record<string, unknown> {
  return { type: 'button', action_id: 'runbook', text: toPlainTextObject('Runbook', MAX_LABEL), url };
}
