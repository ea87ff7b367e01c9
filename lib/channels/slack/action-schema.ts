import * as z from 'zod/mini';
import type { RequestedAction } from '../../core/incident/requested-action.ts';
import { parseWellFormed } from '../../core/shared/parse-well-formed.ts';
import { clip, toOneLine } from '../../core/shared/plain-text.ts';
import { actionIds, silenceLengths } from './render/buttons.ts';

/** `by` is the person's name in Slack; the reply goes to `responseUrl`. */
export type SlackActionReading =
  | { kind: 'action'; slackAction: RequestedAction; by: string; responseUrl?: string }
  /** Nothing to do: a followed link, or an event that is not one of our buttons. */
  | { kind: 'nothing' }
  | { kind: 'unreadable' };

const MAX_NAME = 80;

/** The used part of https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const payloadSchema = z.object({
  type: z.string(),
  user: z.optional(
    z.object({
      id: z.optional(z.string()),
      name: z.optional(z.string()),
      username: z.optional(z.string()),
    }),
  ),
  response_url: z.optional(z.string()),
  actions: z.optional(
    z.array(
      z.object({
        action_id: z.optional(z.string()),
        value: z.optional(z.string()),
        selected_option: z.nullish(z.object({ value: z.optional(z.string()) })),
      }),
    ),
  ),
});

/** Reads the body of Slack's request: a form whose field `payload` is JSON. */
export function readSlackAction(body: string): SlackActionReading {
  const payload = payloadSchema.safeParse(parseJson(new URLSearchParams(body).get('payload') ?? ''));
  if (!payload.success) return { kind: 'unreadable' };
  const { type, user, response_url: responseUrl, actions } = payload.data;
  const action = actions?.[0];
  const name = actionIds.find((each) => each === action?.action_id);
  if (type !== 'block_actions' || name === undefined || name === 'runbook') return { kind: 'nothing' };

  const slackAction = readSlackActionPayload(name, action?.selected_option?.value ?? action?.value ?? '');
  if (slackAction === undefined) return { kind: 'unreadable' };
  const by = clip(toOneLine(user?.name || user?.username || user?.id || ''), MAX_NAME) || 'somebody on Slack';
  return { kind: 'action', slackAction, by, responseUrl };
}

/** Reads `3 4f1d….000001`, or with the length of a silence `1h 3 4f1d….000001`. */
function readSlackActionPayload(kind: RequestedAction['kind'], value: string): RequestedAction | undefined {
  const [, word = '', version = '', incidentId = ''] =
    /^(?:(\d[hd]) )?(\d{1,15}) ([\w.-]{1,100})$/.exec(value) ?? [];
  const asOf = Number(version);
  if (asOf < 1) return undefined;
  if (kind !== 'silence') return word === '' ? { kind, incidentId, asOf } : undefined;
  const chosen = Object.hasOwn(silenceLengths, word) ? silenceLengths[word] : undefined;
  return chosen && { kind, incidentId, asOf, length: chosen.length };
}

function parseJson(text: string): unknown {
  try {
    return parseWellFormed(text);
  } catch {
    return undefined;
  }
}
